// Who is measured, and when.

import assert from "node:assert/strict";
import test from "node:test";
import type { WorkerUsage } from "@penstock/activation";
import { ManualClock } from "@penstock/testing";
import { UsageWatch } from "./usage-watch.ts";
import { ObservedPools } from "./observed-pools.ts";
import { ObservedWorkerProcess } from "./observed-worker-process.ts";

const MIB = 1024 ** 2;

const usageOf = (privateBytes: number): WorkerUsage => ({
  privateBytes,
  workingSetBytes: privateBytes,
  memoryLimitBytes: 1000 * MIB,
  cpuSeconds: 1,
});

function given(privateBytes: (id: string) => Promise<number | undefined>, limited = true) {
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
  const watch = new UsageWatch({
    pools,
    runtime: {
      measure: async (ids) => {
        const usages = new Map<string, WorkerUsage>();
        for (const id of ids) {
          const bytes = await privateBytes(id);
          if (bytes !== undefined) usages.set(id, usageOf(bytes));
        }
        return usages;
      },
    },
    clock,
    limited: () => limited,
    touch: (pool) => touched.push(pool),
    failed: (_, cause) => failures.push(cause),
  });
  return { clock, watch, workers, touched, failures };
}

test("all workers are measured, and their pool is looked at when it limits what they hold", async () => {
  const { watch, workers, touched } = given(() => Promise.resolve(3 * MIB));
  await watch.look();
  assert.deepEqual(
    workers.map((worker) => worker.view().memoryBytes),
    workers.map(() => 3 * MIB),
  );
  assert.deepEqual(
    touched,
    workers.map(() => "app"),
  );
});

test("a pool that limits nothing is not looked at", async () => {
  const { watch, workers, touched } = given(() => Promise.resolve(3 * MIB), false);
  await watch.look();
  assert.equal(workers[1]?.usage?.privateBytes, 3 * MIB);
  assert.deepEqual(touched, []);
});

test("one that sleeps is measured once", async () => {
  const asked: string[] = [];
  const { watch } = given((id) => {
    asked.push(id);
    return Promise.resolve(3 * MIB);
  });
  await watch.look();
  await watch.look();
  assert.deepEqual(
    asked.filter((id) => id === "suspended" || id === "ready"),
    ["ready", "suspended", "ready"],
  );
});

test("what was measured stands where nothing can be measured", async () => {
  const answers = [5 * MIB, undefined];
  const { watch, workers } = given((id) =>
    Promise.resolve(id === "ready" ? answers.shift() : undefined),
  );
  await watch.look();
  await watch.look();
  assert.equal(workers[1]?.usage?.privateBytes, 5 * MIB);
});

test("processor time never sinks", () => {
  const [worker = assert.fail()] = given(() => Promise.resolve(1)).workers;
  worker.measured({ ...usageOf(1), cpuSeconds: 7 });
  worker.measured({ ...usageOf(2), cpuSeconds: 6 });
  assert.deepEqual(worker.usage, { ...usageOf(2), cpuSeconds: 7 });
});

test("looks that fail are told once in a row, and others follow", async () => {
  const fault = new Error("the engine is away");
  let away = true;
  const { clock, watch, failures } = given(() =>
    away ? Promise.reject(fault) : Promise.resolve(MIB),
  );
  const told: number[] = [];
  for (away of [true, true, false, true]) {
    clock.advance(5000);
    await new Promise((resolve) => setImmediate(resolve));
    told.push(failures.length);
  }
  assert.deepEqual(told, [1, 1, 1, 2]);
  watch[Symbol.dispose]();
  assert.equal(clock.pendingTimers, 0);
});
