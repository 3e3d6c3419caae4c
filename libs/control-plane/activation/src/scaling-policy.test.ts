// Walks the table of scaling-policy.ts.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Demand } from "./demand.ts";
import { unknownPace, type Pace } from "./pace.ts";
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
  const input = {
    pool: aPool(changes),
    demand: demandFor(demand),
    pace: unknownPace,
    workersServing,
    someoneStarts: false,
  };
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

describe("A controller that remembers nothing", () => {
  it("keeps those that serve until it knows that they are not needed", () => {
    const first = decide({}, {}, 3);
    assert.deepEqual([first.workersWanted, first.workersKept], [0, 3]);
    const input = {
      pool: aPool(),
      demand: demandFor({}),
      pace: unknownPace,
      workersServing: 3,
      someoneStarts: false,
    };
    const kept = (now: number): number => scalingPolicy(input, first.memory, now).workersKept;
    assert.deepEqual([kept(29_999), kept(35_000)], [3, 1]);
  });
});

describe("Scaling up at a known pace", () => {
  const big: PoolChanges = { processModel: { maxProcesses: 100 } };
  const cases: readonly (readonly [string, Partial<Demand>, Pace, wanted: number])[] = [
    ["short requests, slow starts", { waiting: 600 }, { serviceMs: 100, startupMs: 4000 }, 6],
    [
      "the same, while they keep arriving",
      { waiting: 600 },
      { serviceMs: 100, startupMs: 4000, arrivalsPerMs: 0.2 },
      8,
    ],
    ["requests longer than a start", { waiting: 600 }, { serviceMs: 9000, startupMs: 4000 }, 60],
    ["what runs stays served", { waiting: 1, running: 50 }, { serviceMs: 1, startupMs: 1000 }, 5],
    ["starts never measured", { waiting: 600 }, { serviceMs: 100 }, 60],
    ["requests never measured", { waiting: 600 }, { startupMs: 4000 }, 60],
    ["one that waits is a reason", { waiting: 1 }, { serviceMs: 1, startupMs: 4000 }, 1],
    ["requests too short to be measured", { waiting: 600 }, { serviceMs: 0, startupMs: 4000 }, 1],
  ];
  for (const [title, demand, pace, wanted] of cases)
    it(`wants ${wanted} when: ${title}`, () => {
      const input = {
        pool: aPool(big),
        demand: demandFor(demand),
        pace,
        workersServing: 0,
        someoneStarts: false,
      };
      const verdict = scalingPolicy(input, undefined, 0);
      assert.equal(verdict.workersWanted, wanted);
    });

  it("keeps what the traffic can need again, not what a backlog called for", () => {
    const pool = aPool(big);
    const backlog = {
      pool,
      demand: demandFor({ waiting: 600 }),
      workersServing: 0,
      someoneStarts: false,
    };
    const guessed = scalingPolicy({ ...backlog, pace: unknownPace }, undefined, 0);
    assert.equal(guessed.workersKept, 60);
    const pace = { serviceMs: 100, startupMs: 4000, arrivalsPerMs: 0.2 };
    const calm = {
      pool,
      demand: demandFor({ running: 20 }),
      pace,
      workersServing: 60,
      someoneStarts: false,
    };
    const known = scalingPolicy(calm, guessed.memory, 1000);
    assert.deepEqual([known.workersWanted, known.workersKept, known.dueAt], [2, 60, 2000]);
    const sure = scalingPolicy(calm, known.memory, 2000);
    assert.equal(sure.workersKept, 2);
    const busier = { ...calm, demand: demandFor({ running: 80 }) };
    const spike = scalingPolicy(busier, sure.memory, 3000);
    assert.deepEqual([spike.workersWanted, spike.workersKept], [8, 8]);
    const after = scalingPolicy(calm, spike.memory, 4000);
    assert.equal(after.workersKept, 4, "1.5 times 20 in hand need three, and one more");
  });

  it("starts a worker for each slot when something waits in vain and nobody starts", () => {
    const pace = { serviceMs: 1, startupMs: 400, arrivalsPerMs: 1 };
    const demand = demandFor({ waiting: 20, running: 10 });
    const busy = { pool: aPool(), demand, pace, workersServing: 1, someoneStarts: false };
    const first = scalingPolicy(busy, undefined, 0);
    assert.deepEqual([first.workersWanted, first.dueAt], [1, 100]);
    const helped = scalingPolicy({ ...busy, someoneStarts: true }, first.memory, 100);
    assert.equal(helped.workersWanted, 1, "help is on its way");
    const still = scalingPolicy(busy, scalingPolicy(busy, first.memory, 50).memory, 99);
    assert.equal(still.workersWanted, 1);
    const stuck = scalingPolicy(busy, still.memory, 100);
    assert.equal(stuck.workersWanted, 3);
    const served = { ...busy, demand: demandFor({ running: 10 }), workersServing: 3 };
    assert.equal(scalingPolicy(served, stuck.memory, 200).workersKept, 3, "for the stable window");
  });

  it("lets nobody go while something waits", () => {
    const pace = { serviceMs: 1, startupMs: 4000, arrivalsPerMs: 0.001 };
    const waits = {
      pool: aPool(),
      demand: demandFor({ waiting: 8 }),
      pace,
      workersServing: 4,
      someoneStarts: false,
    };
    const verdict = scalingPolicy(waits, undefined, 0);
    assert.deepEqual([verdict.workersWanted, verdict.workersKept], [1, 4]);
  });

  it("says in words what it knows", () => {
    const pace = { serviceMs: 100, startupMs: 4000 };
    const input = {
      pool: aPool(),
      demand: demandFor({ waiting: 8 }),
      pace,
      workersServing: 0,
      someoneStarts: false,
    };
    assert.equal(
      scalingPolicy(input, undefined, 0).reason,
      "8 waiting, 0 running, 10 per worker, 100 ms each, 4000 ms to start: wants 1, kept 1",
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
    const input = {
      pool: aPool(changes),
      demand,
      pace: unknownPace,
      workersServing,
      someoneStarts: false,
    };
    verdict = scalingPolicy(input, memory, at);
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
      pace: unknownPace,
      workersServing: 4,
      someoneStarts: false,
    };
    const verdict = scalingPolicy(input, before.memory, 1);
    assert.deepEqual([verdict.workersWanted, verdict.workersKept], [2, 2]);
  });

  it("does not wake a pool that has no worker", () => {
    assert.equal(decide({}, {}).dueAt, undefined);
  });
});
