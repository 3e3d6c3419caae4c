// Who is measured, and when.

import assert from "node:assert/strict";
import test from "node:test";
import { ManualClock } from "@penstock/testing";
import { MemoryWatch } from "./memory-watch.ts";
import { ObservedPools } from "./observed-pools.ts";
import { ObservedWorkerProcess } from "./observed-worker-process.ts";

const MIB = 1024 ** 2;

function given(memoryOf: (id: string) => Promise<number | undefined>, wanted = true) {
  const pools = new ObservedPools();
  const workers = (["starting", "ready", "draining", "suspended"] as const).map((phase) => {
    const worker = new ObservedWorkerProcess({
      id: phase,
      pool: "app",
      generation: "1",
      startedAt: 0,
      suspended: false,
    });
    worker.enter(phase, 0);
    pools.of("app").workers.set(worker.id, worker);
    return worker;
  });
  const clock = new ManualClock();
  const touched: string[] = [];
  const failures: unknown[] = [];
  const watch = new MemoryWatch({
    pools,
    runtime: { memoryOf },
    clock,
    wanted: () => wanted,
    touch: (pool) => touched.push(pool),
    failed: (_, cause) => failures.push(cause),
  });
  return { clock, watch, workers, touched, failures };
}

test("workers that are ready or sleep are measured, and their pool is looked at", async () => {
  const { watch, workers, touched } = given(() => Promise.resolve(3 * MIB));
  await watch.look();
  assert.deepEqual(
    workers.map(({ memoryBytes }) => memoryBytes),
    [undefined, 3 * MIB, undefined, 3 * MIB],
  );
  assert.deepEqual(touched, ["app", "app"]);
});

test("one that sleeps is measured once", async () => {
  const asked: string[] = [];
  const { watch } = given((id) => {
    asked.push(id);
    return Promise.resolve(3 * MIB);
  });
  await watch.look();
  await watch.look();
  assert.deepEqual(asked, ["ready", "suspended", "ready"]);
});

test("nobody is measured for a pool without a limit", async () => {
  const { watch, workers, touched } = given(() => Promise.resolve(3 * MIB), false);
  await watch.look();
  assert.equal(workers[1]?.memoryBytes, undefined);
  assert.deepEqual(touched, []);
});

test("what was measured stands where nothing can be measured", async () => {
  const answers = [5 * MIB, undefined];
  const { watch, workers } = given((id) =>
    Promise.resolve(id === "ready" ? answers.shift() : undefined),
  );
  await watch.look();
  await watch.look();
  assert.equal(workers[1]?.memoryBytes, 5 * MIB);
});

test("a look that fails is told, and another one follows", async () => {
  const fault = new Error("the engine is away");
  let looks = 0;
  const { clock, watch, failures } = given(() => {
    looks++;
    return Promise.reject(fault);
  });
  for (let turn = 0; turn < 2; turn++) {
    clock.advance(5000);
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.equal(looks, 2);
  assert.deepEqual(failures, [fault, fault]);
  watch[Symbol.dispose]();
  assert.equal(clock.pendingTimers, 0);
});
