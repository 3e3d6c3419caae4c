import assert from "node:assert/strict";
import { test } from "node:test";
import { httpSysUrlGroup } from "@penstock/domain";
import { diffConfiguration } from "./diff-configuration.ts";
import { givenConfiguration, poolFile } from "./given-configuration.ts";
import { renderConfiguration } from "./render-configuration.ts";

const text = `${poolFile()}
urlGroups:
  a: { maxConnections: 5, timeouts: { minSendRate: 1KiB } }
  partners:
    pool: a
    urls: ["http://partners.test:8080/"]
    enabled: false
    maxBandwidth: 64KiB
    maxRequestBody: 1MiB
    timeouts: { entityBody: 5s, drainEntityBody: 6s, requestQueue: 7s, idleConnection: 8s, headerWait: 9s, minSendRate: 0B, minReceiveRate: 2KiB }
`;

test("a group with a pool's name sets the limits of the pool's own urls, others lead to it besides", () => {
  const [pool] = givenConfiguration(text).pools;
  assert.deepEqual(pool?.urlGroups, [
    {
      ...httpSysUrlGroup,
      name: "a",
      urls: ["http://+:8080/"],
      maxConnections: 5,
      timeouts: { ...httpSysUrlGroup.timeouts, minSendRate: 1024 },
    },
    {
      name: "partners",
      urls: ["http://partners.test:8080/"],
      enabled: false,
      maxConnections: 0,
      maxBandwidth: 65_536,
      maxRequestBodyBytes: 1_048_576,
      timeouts: {
        entityBodyMs: 5000,
        drainEntityBodyMs: 6000,
        requestQueueMs: 7000,
        idleConnectionMs: 8000,
        headerWaitMs: 9000,
        minSendRate: 0,
        minReceiveRate: 2048,
      },
    },
  ]);
});

test("groups are rendered so that reading them again gives the same", () => {
  const configuration = givenConfiguration(text);
  assert.deepEqual(givenConfiguration(renderConfiguration(configuration)), configuration);
});

test("a changed group is a change of its pool that leaves its workers alone", () => {
  const changed = text.replace("maxConnections: 5", "maxConnections: 6");
  assert.deepEqual(
    diffConfiguration(givenConfiguration(text), givenConfiguration(changed)).changed,
    [{ name: "a", keys: ["urlGroups.a.maxConnections"], generationChanged: false }],
  );
});
