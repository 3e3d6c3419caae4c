// The golden file: everything wrong at once, and everything reported at once, as a user sees it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { given } from "./given-configuration.ts";
import { formatFaults } from "./source/fault-text.ts";

const text = `version: 1
applicationPoolDefaults:
  queueTimeout: 30
  procesModel: { idleTimeout: 20m }
applicationPools:
  web:
    urls: [ "http://+:8080/", "http://+/broken/" ]
    module: ./missing/app.ts
    startMode: ondemand
    processModel: { minProcesses: 6, idleTimeout: 20 minutes }
  api:
    urls: [ "http://+:8080/" ]
    command: [ "serve", "--port", "\${PORT}", "--key", "\${API_KEY}" ]
    queueLenght: 500
    asynchronous: { enabled: true }
    memory: { limit: 512 }
  shop:
    urls: [ "http://+:8080/shop/" ]
    image: ghcr.io/acme/shop:1.4.2
    environment: { PORT: "3000" }
`;

const expected = `penstock.yaml:3:17  error  applicationPoolDefaults.queueTimeout: 30 has no unit: a duration is written like 30s
  2 │ applicationPoolDefaults:
  3 │   queueTimeout: 30
    │                 ^^ write 30s
penstock.yaml:4:3  error  unknown key "procesModel" in applicationPoolDefaults
  3 │   queueTimeout: 30
  4 │   procesModel: { idleTimeout: 20m }
    │   ^^^^^^^^^^^ did you mean "processModel"?
penstock.yaml:7:40  error  applicationPools.web.urls[1]: the port is missing; write :80 for http's own
  6 │   web:
  7 │     urls: [ "http://+:8080/", "http://+/broken/" ]
    │                                        ^^^^^^^^
penstock.yaml:8:13  error  applicationPools.web.module: ./missing/app.ts does not exist
  7 │     urls: [ "http://+:8080/", "http://+/broken/" ]
  8 │     module: ./missing/app.ts
    │             ^^^^^^^^^^^^^^^^
penstock.yaml:9:16  error  applicationPools.web.startMode: expected OnDemand or AlwaysRunning, found "ondemand"
  8 │     module: ./missing/app.ts
  9 │     startMode: ondemand
    │                ^^^^^^^^ did you mean "OnDemand"?
penstock.yaml:10:35  error  applicationPools.web.processModel: minProcesses 6 is above maxProcesses 4 (the default)
   9 │     startMode: ondemand
  10 │     processModel: { minProcesses: 6, idleTimeout: 20 minutes }
     │                                   ^
penstock.yaml:10:51  error  applicationPools.web.processModel.idleTimeout: "20 minutes" is not a duration
   9 │     startMode: ondemand
  10 │     processModel: { minProcesses: 6, idleTimeout: 20 minutes }
     │                                                   ^^^^^^^^^^ try 20m
penstock.yaml:12:13  error  applicationPools.api.urls[0]: http://+:8080/ is already a prefix of pool "web" at penstock.yaml:7:13
  11 │   api:
  12 │     urls: [ "http://+:8080/" ]
     │             ^^^^^^^^^^^^^^^^
penstock.yaml:13:56  error  applicationPools.api.command[4]: environment variable API_KEY is not set
  12 │     urls: [ "http://+:8080/" ]
  13 │     command: [ "serve", "--port", "\${PORT}", "--key", "\${API_KEY}" ]
     │                                                        ^^^^^^^^^^ set it, or write \${API_KEY:-default}
penstock.yaml:14:5  error  unknown key "queueLenght" in applicationPools.api
  13 │     command: [ "serve", "--port", "\${PORT}", "--key", "\${API_KEY}" ]
  14 │     queueLenght: 500
     │     ^^^^^^^^^^^ did you mean "queueLength"?
penstock.yaml:15:21  warning  applicationPools.api.asynchronous.enabled has no effect in this version yet
  14 │     queueLenght: 500
  15 │     asynchronous: { enabled: true }
     │                     ^^^^^^^
penstock.yaml:16:22  error  applicationPools.api.memory.limit: 512 has no unit: a size is written like 512MiB
  15 │     asynchronous: { enabled: true }
  16 │     memory: { limit: 512 }
     │                      ^^^ write 512MiB
penstock.yaml:19:5  error  applicationPools.shop.image needs port: the one that the image serves HTTP on
  18 │     urls: [ "http://+:8080/shop/" ]
  19 │     image: ghcr.io/acme/shop:1.4.2
     │     ^^^^^
penstock.yaml:20:20  error  applicationPools.shop.environment: PORT is set by Penstock for each worker
  19 │     image: ghcr.io/acme/shop:1.4.2
  20 │     environment: { PORT: "3000" }
     │                    ^^^^
13 errors, 1 warning. Nothing was applied.`;

test("a file with many faults lists all of them, each at its place", () => {
  const parsed = given(text);
  assert(parsed.kind === "invalid");
  assert.equal(formatFaults(parsed.faults), expected);
});

test("the range of every fault holds the offending text", () => {
  const parsed = given(text);
  assert(parsed.kind === "invalid");
  assert.deepEqual(
    parsed.faults.slice(0, 6).map(({ range }) => text.slice(range.start, range.end)),
    ["30", "procesModel", "/broken/", "./missing/app.ts", "ondemand", "6"],
  );
});
