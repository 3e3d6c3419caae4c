// Walks the table of scaling-policy.ts.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Demand } from "./demand.ts";
import { scalingPolicy, type ScalingMemory, type ScalingVerdict } from "./scaling-policy.ts";
import { aPool, type PoolChanges } from "./test-support/test-builders.ts";

function demandFor({ waiting = 0, running = 0, signalled = false }: Partial<Demand>): Demand {
  return {
    requests: Math.max(waiting + running, signalled ? 1 : 0),
    waiting,
    running,
    signalled,
  };
}

const minute = 60_000;

function decide(changes: PoolChanges, demand: Partial<Demand>, workersServing = 0): ScalingVerdict {
  const input = { pool: aPool(changes), demand: demandFor(demand), workersServing };
  return scalingPolicy(input, undefined, 0);
}

describe("Scaling up", () => {
  const cases: readonly (readonly [string, PoolChanges, Partial<Demand>, wanted: number])[] = [
    ["nothing waits or runs", {}, {}, 0],
    ["one request waits", {}, { waiting: 1 }, 1],
    ["as many wait as one worker takes", {}, { waiting: 10 }, 1],
    ["one more waits", {}, { waiting: 11 }, 2],
    ["waiting and running add up", {}, { waiting: 8, running: 13 }, 3],
    ["more than maxProcesses can take", {}, { waiting: 1000 }, 4],
    ["the queue signals an arrival", {}, { signalled: true }, 1],
    ["the signal adds nothing to a report", {}, { waiting: 11, signalled: true }, 2],
    ["AlwaysRunning", { startMode: "AlwaysRunning" }, {}, 1],
    ["minProcesses", { processModel: { minProcesses: 2 } }, {}, 2],
    [
      "AlwaysRunning with minProcesses",
      { startMode: "AlwaysRunning", processModel: { minProcesses: 3 } },
      {},
      3,
    ],
    ["minProcesses beyond maxProcesses", { processModel: { minProcesses: 9 } }, {}, 4],
    ["more demand than minProcesses", { processModel: { minProcesses: 2 } }, { waiting: 30 }, 3],
    ["one request per worker", { concurrency: 1 }, { waiting: 3 }, 3],
  ];
  for (const [title, changes, demand, wanted] of cases)
    it(`wants ${wanted} when: ${title}`, () => {
      assert.equal(decide(changes, demand).workersWanted, wanted);
    });

  it("says in words what it counted", () => {
    const counted = decide({}, { waiting: 8, running: 13 });
    assert.equal(counted.reason, "8 waiting, 13 running, 10 per worker: wants 3, kept 3");
    const signalled = decide({}, { signalled: true });
    assert.equal(
      signalled.reason,
      "0 waiting, 0 running, an arrival signalled, 10 per worker: wants 1, kept 1",
    );
  });
});

/** Plays levels of demand at given times; the pool has as many workers as it may keep. */
function play(
  changes: PoolChanges,
  levels: readonly (readonly [at: number, running: number])[],
): ScalingVerdict {
  let memory: ScalingMemory | undefined;
  let verdict: ScalingVerdict | undefined;
  for (const [at, running] of levels) {
    const demand = demandFor({ running });
    const workersServing: number = verdict?.workersKept ?? 4;
    verdict = scalingPolicy({ pool: aPool(changes), demand, workersServing }, memory, at);
    memory = verdict.memory;
  }
  if (!verdict) throw new Error("at least one level");
  return verdict;
}

describe("Scaling down", () => {
  it("keeps the peak while the stable window lasts, and says when it ends", () => {
    const verdict = play({}, [
      [0, 40],
      [1_000, 10],
    ]);
    assert.deepEqual(
      [verdict.workersWanted, verdict.workersKept, verdict.exitReason, verdict.dueAt],
      [1, 4, "scale_down", 35_000],
    );
  });

  it("keeps what demand wants once the window passed", () => {
    const verdict = play({}, [
      [0, 40],
      [1_000, 15],
      [35_000, 15],
    ]);
    assert.deepEqual([verdict.workersKept, verdict.dueAt], [2, undefined]);
  });

  it("starts the window anew with each burst", () => {
    const verdict = play({}, [
      [0, 40],
      [1_000, 10],
      [30_000, 40],
      [31_000, 10],
      [60_000, 10],
    ]);
    assert.deepEqual([verdict.workersKept, verdict.dueAt], [4, 65_000]);
  });

  it("keeps the last worker after the window, until the pool was idle for its time", () => {
    const levels = [
      [0, 40],
      [1_000, 0],
      [35_000, 0],
    ] as const;
    const verdict = play({}, levels);
    assert.deepEqual(
      [verdict.workersWanted, verdict.workersKept, verdict.exitReason, verdict.dueAt],
      [0, 1, "scale_down", 1_000 + 20 * minute],
    );
    const idle = play({}, [...levels, [1_000 + 20 * minute, 0]]);
    assert.deepEqual([idle.workersKept, idle.exitReason, idle.dueAt], [0, "idle", undefined]);
    assert.equal(idle.reason, "nothing waits or runs since 1200 s");
  });

  it("counts idleness from the last request, not from the first quiet moment", () => {
    const verdict = play({}, [
      [0, 0],
      [19 * minute, 1],
      [19 * minute + 1, 0],
      [20 * minute, 0],
    ]);
    assert.deepEqual([verdict.workersKept, verdict.exitReason], [1, "scale_down"]);
    assert.equal(verdict.dueAt, 39 * minute + 1);
  });

  it("lets every worker go for idleness when that is shorter than the window", () => {
    const verdict = play({ processModel: { idleTimeoutMs: 5_000 } }, [
      [0, 40],
      [1_000, 0],
      [6_000, 0],
    ]);
    assert.deepEqual([verdict.workersKept, verdict.exitReason], [0, "idle"]);
  });

  it("keeps the last worker for ever with idleTimeout 0, but no more", () => {
    const verdict = play({ processModel: { idleTimeoutMs: 0 } }, [
      [0, 40],
      [1_000, 0],
      [1_000_000_000, 0],
      [1_000_040_000, 0],
    ]);
    assert.deepEqual([verdict.workersKept, verdict.dueAt], [1, undefined]);
  });

  it("never keeps fewer than minProcesses, and does not wake for nothing", () => {
    const verdict = play({ processModel: { minProcesses: 2 } }, [
      [0, 40],
      [1_000, 0],
      [20 * minute, 0],
      [41 * minute, 0],
    ]);
    assert.deepEqual([verdict.workersKept, verdict.dueAt], [2, undefined]);
  });

  it("keeps no more than maxProcesses when that was lowered", () => {
    const before = play({}, [[0, 40]]);
    const input = {
      pool: aPool({ processModel: { maxProcesses: 2 } }),
      demand: demandFor({ running: 40 }),
      workersServing: 4,
    };
    const verdict = scalingPolicy(input, before.memory, 1);
    assert.deepEqual([verdict.workersWanted, verdict.workersKept], [2, 2]);
  });

  it("does not wake a pool that has no worker", () => {
    assert.equal(decide({}, {}).dueAt, undefined);
  });
});
