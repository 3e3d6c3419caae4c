// What a worker uses, by what its kernel tells of its containers.

import assert from "node:assert/strict";
import test from "node:test";
import { type ContainerStats, type MemoryStats, workerUsage } from "./container-usage.ts";

const given = (memory: MemoryStats, seconds = 0): ContainerStats => ({
  memory_stats: memory,
  cpu_stats: { cpu_usage: { total_usage: seconds * 1e9 } },
});

const cases: readonly (readonly [string, MemoryStats, number, number])[] = [
  ["cgroup 2", { usage: 900, stats: { anon: 300, inactive_file: 500 } }, 300, 400],
  [
    "cgroup 1: what is below the container's counts as well",
    { usage: 900, stats: { total_rss: 200, total_swap: 50, total_inactive_file: 600 } },
    250,
    300,
  ],
  ["a kernel that tells less", { usage: 900, stats: { inactive_file: 500 } }, 400, 400],
  ["one that tells nothing more", { usage: 900 }, 900, 900],
];

for (const [name, memory, held, workingSet] of cases) {
  test(`${name}: private memory and working set`, () => {
    const usage = workerUsage(new Map([["host", given(memory)]]));
    assert.equal(usage?.privateBytes, held);
    assert.equal(usage?.workingSetBytes, workingSet);
  });
}

test("of two containers both count, and the application's is held against its limit", () => {
  const host = given({ usage: 20, limit: 256, stats: { anon: 10 } }, 1);
  const application = given({ usage: 500, limit: 512, stats: { anon: 400 } }, 2.5);
  assert.deepEqual(
    workerUsage(
      new Map([
        ["application", application],
        ["host", host],
      ]),
    ),
    { privateBytes: 410, workingSetBytes: 500, memoryLimitBytes: 512, cpuSeconds: 3.5 },
  );
});

test("a worker is not measured while one of its containers does not run", () => {
  const running = given({ usage: 20, limit: 256 });
  const ended = given({});
  assert.equal(
    workerUsage(
      new Map([
        ["host", running],
        ["application", ended],
      ]),
    ),
    undefined,
  );
  assert.equal(workerUsage(new Map()), undefined);
});
