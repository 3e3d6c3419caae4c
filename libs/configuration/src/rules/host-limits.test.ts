import assert from "node:assert/strict";
import test from "node:test";
import { faultLines, givenConfiguration, poolFile } from "../given-configuration.ts";

const withHost = (host: string, ...pool: readonly string[]) =>
  `${poolFile(...pool)}\nhost: ${host}`;

test("a host has no limits but those that are written", () => {
  assert.deepEqual(givenConfiguration(poolFile()).host, { maxWorkers: 0, memoryBytes: 0 });
  assert.deepEqual(givenConfiguration(withHost("{ maxWorkers: 50, memory: 1GiB }")).host, {
    maxWorkers: 50,
    memoryBytes: 1024 ** 3,
  });
});

test("limits that are none are refused at their place", () => {
  assert.deepEqual(faultLines(withHost("{ maxWorkers: many, memory: 8GB }")), [
    '6:21 error host.maxWorkers: expected a whole number, found "many"',
    '6:35 error host.memory: "8GB" is not a size (try 8GiB)',
  ]);
  assert.deepEqual(faultLines(withHost("{ maxWorker: 8 }")), [
    '6:9 error unknown key "maxWorker" in host (did you mean "maxWorkers"?)',
  ]);
});

test("a pool of which not even one worker has room is an error", () => {
  assert.deepEqual(faultLines(withHost("{ memory: 1GiB }", "memory: { limit: 2GiB }")), [
    "6:22 error applicationPools.a.memory.limit: one worker may need 2GiB, host.memory is 1GiB: none would ever start",
  ]);
  assert.deepEqual(faultLines(withHost("{ memory: 2GiB }", "memory: { limit: 2GiB }")), []);
});
