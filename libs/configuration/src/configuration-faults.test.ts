// One row per rule: lines of a pool (from line 6 of the file on) or a whole file, and what is said about
// them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { faultLines, poolFile } from "./given-configuration.ts";

type Row = readonly [title: string, written: string, ...faults: readonly string[]];

const at = "applicationPools.a";

const poolRows: readonly Row[] = [
  [
    "an unknown key is named, with the known one that is close",
    "queueLenght: 500",
    `6:5 error unknown key "queueLenght" in ${at} (did you mean "queueLength"?)`,
  ],
  [
    "an unknown key that is close to none has no suggestion",
    "bindings: 1",
    `6:5 error unknown key "bindings" in ${at}`,
  ],
  [
    "names that every object inherits are unknown keys too",
    "constructor: 1",
    `6:5 error unknown key "constructor" in ${at}`,
  ],
  [
    "a bare number is no duration",
    "queueTimeout: 30",
    `6:19 error ${at}.queueTimeout: 30 has no unit: a duration is written like 30s (write 30s)`,
  ],
  [
    "a bare number is suggested in the unit of the default",
    "processModel: { idleTimeout: 20 }",
    `6:34 error ${at}.processModel.idleTimeout: 20 has no unit: a duration is written like 20m (write 20m)`,
  ],
  [
    "a zero needs a unit too",
    "requestTimeout: 0",
    `6:21 error ${at}.requestTimeout: 0 has no unit: a duration is written like 0s (write 0s)`,
  ],
  [
    "IIS's notation of time is not read but understood",
    'processModel: { idleTimeout: "00:20:00" }',
    `6:34 error ${at}.processModel.idleTimeout: "00:20:00" is not a duration (try 20m)`,
  ],
  [
    "a duration has a least value",
    "processModel: { pingInterval: 5ms }",
    `6:35 error ${at}.processModel.pingInterval: 5ms is too short: 100ms at least`,
  ],
  [
    "a duration fits a timer",
    "queueTimeout: 1000h",
    `6:19 error ${at}.queueTimeout: 1000h is too long: 576h at most`,
  ],
  [
    "a bare number is no size",
    "memory: { limit: 512 }",
    `6:22 error ${at}.memory.limit: 512 has no unit: a size is written like 512MiB (write 512MiB)`,
  ],
  [
    "decimal units are not sizes",
    "memory: { limit: 1.5GB }",
    `6:22 error ${at}.memory.limit: "1.5GB" is not a size (try 1536MiB)`,
  ],
  [
    "a limit of nothing is refused",
    "memory: { limit: 0B }",
    `6:22 error ${at}.memory.limit: 0B is too small: 1B at least`,
  ],
  [
    "a queue length is at least 10",
    "queueLength: 9",
    `6:18 error ${at}.queueLength: 9 is out of range (10 to 65535)`,
  ],
  [
    "a queue length is at most 65535",
    "queueLength: 65536",
    `6:18 error ${at}.queueLength: 65536 is out of range (10 to 65535)`,
  ],
  [
    "a worker takes at least one request",
    "concurrency: 0",
    `6:18 error ${at}.concurrency: 0 is out of range (1 to 10000)`,
  ],
  [
    "a quoted number is a text",
    'queueLength: "500"',
    `6:18 error ${at}.queueLength: expected a whole number, found "500" (write 500, without quotes)`,
  ],
  [
    "a fraction is not a whole number",
    "queueLength: 10.5",
    `6:18 error ${at}.queueLength: expected a whole number, found 10.5`,
  ],
  [
    "infinity is not a number of processors",
    "cpu: { limit: .inf }",
    `6:19 error ${at}.cpu.limit: expected a number above 0, found Infinity`,
  ],
  [
    "yes is not a switch",
    "autoStart: yes",
    `6:16 error ${at}.autoStart: expected true or false, found "yes" (write true)`,
  ],
  [
    "a choice is one of its words, case included",
    "startMode: ondemand",
    `6:16 error ${at}.startMode: expected OnDemand or AlwaysRunning, found "ondemand" (did you mean "OnDemand"?)`,
  ],
  [
    "a number is no text",
    "directory: 5",
    `6:16 error ${at}.directory: expected text, found 5 (write "5")`,
  ],
  [
    "an empty text is no path",
    'directory: ""',
    `6:16 error ${at}.directory: expected text, found an empty text`,
  ],
  [
    "a key without a value says nothing",
    "environment:",
    `6:5 error ${at}.environment: nothing stands here, expected a mapping of keys to values`,
  ],
  [
    "a mapping is not a duration",
    "queueTimeout: { s: 5 }",
    `6:19 error ${at}.queueTimeout: expected a duration such as 20m, found a mapping`,
  ],
  [
    "a list is not a mapping",
    "environment: [A=b]",
    `6:18 error ${at}.environment: expected a mapping of keys to values, found a list`,
  ],
  [
    "a mapping needs plain keys",
    "environment: { [A]: b }",
    `6:20 error ${at}.environment: a key must be a plain word`,
  ],
  [
    "a variable's name is a word",
    "environment: { 2-b: c }",
    `6:20 error "2-b" is not the name of a variable`,
  ],
  [
    "a secret has a source",
    "secrets: { TOKEN: {} }",
    `6:16 error ${at}.secrets.TOKEN: one of "file" or "env" is missing`,
  ],
  [
    "a secret has one source",
    "secrets: { TOKEN: { file: ./a, env: B } }",
    `6:36 error ${at}.secrets.TOKEN has both "file" and "env": only one of "file" and "env" may stand`,
  ],
  [
    "a secret's value does not stand in the file, and is not repeated",
    "secrets: { TOKEN: hunter2 }",
    `6:23 error ${at}.secrets.TOKEN: expected a mapping of keys to values, found a text`,
  ],
  [
    "a variable is public or secret",
    "environment: { A: b }\n    secrets: { A: { env: B } }",
    `7:16 error ${at}.secrets.A: A also stands under environment, at penstock.yaml:6:20`,
  ],
  [
    "PORT belongs to Penstock",
    "environment: { PORT: 80 }\n    secrets: { PENSTOCK_X: { env: B } }",
    `6:20 error ${at}.environment: PORT is set by Penstock for each worker`,
    `7:16 error ${at}.secrets: PENSTOCK_X is set by Penstock for each worker`,
  ],
  [
    "a pool keeps no more workers than it may have",
    "processModel: { minProcesses: 5, maxProcesses: 3 }",
    `6:35 error ${at}.processModel: minProcesses 5 is above maxProcesses 3`,
  ],
  [
    "the default counts when workers are compared",
    "processModel: { minProcesses: 5 }",
    `6:35 error ${at}.processModel: minProcesses 5 is above maxProcesses 4 (the default)`,
  ],
  [
    "a maximum that cannot be read is not compared",
    "processModel: { minProcesses: 5, maxProcesses: many }",
    `6:52 error ${at}.processModel.maxProcesses: expected a whole number, found "many"`,
  ],
  [
    "a variable that is not set is a fault where it stands",
    'environment: { A: "see ${NOWHERE}" }',
    `6:28 error ${at}.environment.A: environment variable NOWHERE is not set (set it, or write \${NOWHERE:-default})`,
  ],
  [
    "a required variable brings its own message",
    "environment:\n      A: ${EMPTY:?ask Ada for one}",
    `7:10 error ${at}.environment.A: environment variable EMPTY: ask Ada for one`,
  ],
  [
    "what a variable holds must fit as well",
    "queueLength: ${WORD}",
    `6:18 error ${at}.queueLength: expected a whole number, found "word"`,
  ],
  [
    "inside braces an expression needs quotes",
    "environment: { A: ${HOST} }",
    '6:23 error ${HOST} must be quoted inside { } and [ ] (write "${HOST}")',
  ],
  [
    "times of day are real and stand once",
    'recycling: { periodicRestart: { schedule: ["24:00", "03:30", "03:30"] } }',
    `6:48 error ${at}.recycling.periodicRestart.schedule[0]: expected a time of day such as "03:30", found "24:00"`,
    `6:66 error ${at}.recycling.periodicRestart.schedule[2]: "03:30" stands in the list twice`,
  ],
  [
    "a directory exists and is one",
    "directory: ./missing",
    `6:16 error ${at}.directory: ./missing does not exist`,
  ],
  [
    "an alias needs its anchor",
    "environment: *nowhere",
    `6:18 error no anchor &nowhere stands before *nowhere`,
  ],
  [
    "what is merged is a mapping",
    "environment: { <<: [1] }",
    `6:24 error ${at}.environment: << merges a mapping or a list of mappings`,
  ],
];

for (const [title, written, ...faults] of poolRows) {
  test(title, () => assert.deepEqual(faultLines(poolFile(written)), faults));
}

const pool = (name: string, ...keys: readonly string[]) =>
  [`version: 1`, `applicationPools:`, `  ${name}:`, ...keys.map((key) => `    ${key}`)].join("\n");
const urls = 'urls: ["http://+:8080/"]';

const fileRows: readonly Row[] = [
  ["an empty file", "# nothing\n", '1:1 error the file is empty: it begins with "version: 1"'],
  ["a file that is a list", "- a", "1:1 error expected a mapping of keys to values, found a list"],
  ["a file without a version", "applicationPools: {}", '1:1 error "version" is missing'],
  ["a version from the future", "version: 2", "1:10 error version: expected 1, found 2"],
  [
    "a duplicate key names both places",
    "version: 1\nversion: 1",
    '2:1 error duplicate key "version", first at penstock.yaml:1:1',
  ],
  [
    "duplicate pools are still read",
    "version: 1\napplicationPools: { a: { }, a: { } }",
    '2:21 error applicationPools.a: "urls" is missing',
    '2:21 error applicationPools.a: one of "module", "command" or "image" is missing',
    '2:29 error duplicate key "a", first at penstock.yaml:2:21',
    '2:29 error applicationPools.a: "urls" is missing',
    '2:29 error applicationPools.a: one of "module", "command" or "image" is missing',
  ],
  [
    "a pool name that cannot be one",
    pool("-a", urls, "command: [serve]"),
    '3:3 error "-a" is not a pool name: letters, digits, ".", "_" and "-", a letter or digit first, 63 characters at most',
  ],
  [
    "a mistyped key is not missing as well",
    pool("a", 'url: ["http://+:8080/"]', "comand: [serve]"),
    '4:5 error unknown key "url" in applicationPools.a (did you mean "urls"?)',
    '5:5 error unknown key "comand" in applicationPools.a (did you mean "command"?)',
  ],
  [
    "a pool runs one thing",
    pool("a", urls, "module: ./app.ts", "command: [serve]"),
    '6:5 error applicationPools.a has both "module" and "command": only one of "module", "command" and "image" may stand',
  ],
  [
    "a command is a list",
    pool("a", urls, "command: serve --fast"),
    '5:14 error applicationPools.a.command: expected a list, found "serve --fast" (write ["serve", "--fast"])',
  ],
  [
    "a command is not an empty list",
    pool("a", urls, "command: []"),
    "5:14 error applicationPools.a.command: the list is empty",
  ],
  [
    "a module is a file that exists",
    pool("a", urls, "module: ./missing.ts"),
    "5:13 error applicationPools.a.module: ./missing.ts does not exist",
  ],
  [
    "a module is not a folder",
    pool("a", urls, "module: ./app"),
    "5:13 error applicationPools.a.module: ./app is a folder, expected a file",
  ],
  [
    "a module is a path",
    pool("a", urls, "module: app.ts"),
    '5:13 error applicationPools.a.module: "app.ts" is not a path to a file (write ./app.ts)',
  ],
  [
    "an image needs the port that it serves on",
    pool("a", urls, "image: nginx"),
    "5:5 error applicationPools.a.image needs port: the one that the image serves HTTP on",
  ],
  [
    "an image whose port cannot be read is told that, and no more",
    pool("a", urls, "image: nginx", "port: http"),
    '6:11 error applicationPools.a.port: expected a whole number, found "http"',
  ],
  [
    "a port without an image",
    pool("a", urls, "command: [serve]", "port: 80"),
    "6:5 error applicationPools.a.port belongs to image: modules need none, commands get theirs in $PORT",
  ],
  [
    "an image runs as it is, without one of ours",
    pool("a", urls, "image: nginx", "port: 80", "container: { image: penstock/worker }"),
    "7:18 error applicationPools.a.container.image is for module and command: this pool runs an image as it is",
  ],
  [
    "what lies in an image is named by its path in there",
    pool("a", urls, "module: ./app.ts", "directory: app", "container: { image: acme/shop }"),
    "5:5 error applicationPools.a.module is a path in container.image and has to begin with /",
    "6:5 error applicationPools.a.directory is a path in container.image and has to begin with /",
  ],
  [
    "a volume, a capability and a user that are none",
    pool(
      "a",
      urls,
      "command: [serve]",
      "container: { volumes: [data], capabilities: [CAP_CHOWN], user: 'a b' }",
    ),
    '6:28 error applicationPools.a.container.volumes[0]: expected SOURCE:/TARGET or SOURCE:/TARGET:ro, found "data"',
    '6:50 error applicationPools.a.container.capabilities[0]: expected a capability without CAP_, such as CHOWN, found "CAP_CHOWN"',
    '6:68 error applicationPools.a.container.user: expected a user such as 1000:1000, found "a b"',
  ],
  [
    "defaults hold no URLs",
    "version: 1\napplicationPoolDefaults: { urls: [] }",
    '2:28 error unknown key "urls" in applicationPoolDefaults',
  ],
  [
    "defaults are checked even when no pool uses them",
    "version: 1\napplicationPoolDefaults: { queueLength: 1, asynchronous: { enabled: true } }",
    "2:41 error applicationPoolDefaults.queueLength: 1 is out of range (10 to 65535)",
    "2:60 warning applicationPoolDefaults.asynchronous.enabled has no effect in this version yet",
  ],
  [
    "defaults that contradict each other are reported once",
    [
      "version: 1",
      "applicationPoolDefaults: { processModel: { minProcesses: 9 } }",
      "applicationPools:",
      '  a: { urls: ["http://+:8080/a/"], command: [serve] }',
      '  b: { urls: ["http://+:8080/b/"], command: [serve] }',
    ].join("\n"),
    "2:58 error applicationPoolDefaults.processModel: minProcesses 9 is above maxProcesses 4 (the default)",
  ],
  [
    "a URL group without a pool and without urls",
    "version: 1\nurlGroups: { a: { maxConnections: 5 } }",
    '2:14 error urlGroups.a: names no pool, and no pool has the name "a"',
    "2:14 error urlGroups.a: has no urls",
  ],
  [
    "a URL group of a pool that there is not",
    poolFile() + '\nurlGroups: { b: { pool: aa, urls: ["http://+:8080/"] } }',
    '6:19 error urlGroups.b.pool: there is no pool "aa", did you mean "a"?',
    '6:36 error urlGroups.b.urls[0]: http://+:8080/ is already a prefix of pool "a" at penstock.yaml:4:12',
  ],
  [
    "a pool's own URL group with urls or with another pool",
    poolFile() + '\nurlGroups: { a: { pool: b, urls: ["http://+:8080/b/"] } }',
    '6:19 error urlGroups.a.pool: this is the own group of pool "a"',
    '6:28 error urlGroups.a.urls: the urls of pool "a" stand with the pool',
  ],
  [
    "a certificate without a key",
    "version: 1\ntls: { certificates: [{ host: a, cert: b }] }",
    '2:22 error tls.certificates[0]: "key" is missing',
  ],
];

for (const [title, written, ...faults] of fileRows) {
  test(title, () => assert.deepEqual(faultLines(written), faults));
}
