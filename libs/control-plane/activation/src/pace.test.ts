// Walks the table of pace.ts.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { nothingObserved, type ObservedPool, type ObservedWorker } from "./observed-pool.ts";
import { advancePace, restingPace, unknownPace, type Pace } from "./pace.ts";

const limits = { startupTimeLimitMs: 90_000 };

function worker(changes: Partial<ObservedWorker> = {}): ObservedWorker {
  return {
    id: "app-1",
    pool: "app",
    generation: "1",
    phase: "ready",
    phaseSince: 0,
    startedAt: 0,
    running: 0,
    ...changes,
  };
}

function seen(changes: Partial<ObservedPool>): ObservedPool {
  return { ...nothingObserved("app"), ...changes };
}

/** Plays what is seen at given times. */
function play(looks: readonly (readonly [at: number, changes: Partial<ObservedPool>])[]): Pace {
  return looks.reduce(
    (pace, [at, changes]) => advancePace(pace, seen(changes), limits, at),
    unknownPace,
  );
}

const work = (finished: number, busyMs: number): Partial<ObservedPool> => ({
  work: { finished, busyMs },
});

describe("The time of a request", () => {
  it("is how long workers had requests in hand over how many they finished", () => {
    const pace = play([
      [0, work(100, 5000)],
      [250, work(110, 7000)],
    ]);
    assert.equal(pace.serviceMs, 200);
  });

  it("is not known from a few requests or a short while, but nothing of it is lost", () => {
    const looks = [
      [0, work(0, 0)],
      [400, work(4, 500)],
    ] as const;
    assert.equal(play(looks).serviceMs, undefined);
    assert.equal(play([...looks, [450, work(10, 2000)]]).serviceMs, 200);
    const quick = [
      [0, work(0, 0)],
      [100, work(20, 500)],
    ] as const;
    assert.equal(play(quick).serviceMs, undefined);
    assert.equal(play([...quick, [250, work(20, 500)]]).serviceMs, 25);
  });

  it("moves by a third of the difference", () => {
    const pace = play([
      [0, work(0, 0)],
      [250, work(10, 1000)],
      [500, work(20, 5000)],
    ]);
    assert.equal(pace.serviceMs, 100 + (400 - 100) / 3);
  });

  it("does not count a silence in which nothing went on", () => {
    const pace = play([
      [0, work(0, 0)],
      [60_000, work(8, 100)],
    ]);
    assert.equal(pace.serviceMs, undefined);
  });
});

describe("Arrivals", () => {
  it("are what finished, and what waits and runs more than before", () => {
    const running = { workers: [worker({ running: 5 })] };
    const pace = play([
      [0, { load: { waiting: 10, running: 0 } }],
      [100, { load: { waiting: 20, running: 0 } }],
      [250, { load: { waiting: 30, running: 5 }, ...running, ...work(25, 0) }],
    ]);
    assert.equal(pace.arrivalsPerMs, (25 + 35 - 10) / 250);
  });

  it("are none while a backlog is merely worked off", () => {
    const pace = play([
      [0, { load: { waiting: 100, running: 0 } }],
      [250, { load: { waiting: 0, running: 0 }, ...work(100, 0) }],
    ]);
    assert.equal(pace.arrivalsPerMs, 0);
  });
});

describe("The time of a start", () => {
  it("runs from a worker's start to its readiness, and counts once", () => {
    const ready = worker({ startedAt: 1000, phaseSince: 1500 });
    const before = { workers: [worker({ phase: "starting", startedAt: 1000, phaseSince: 1000 })] };
    const pace = play([
      [1000, before],
      [1500, { workers: [ready] }],
      [1600, { workers: [ready] }],
    ]);
    assert.equal(pace.startupMs, 500);
  });

  it("is not that of a worker that slept and is ready again", () => {
    const awake = worker({ startedAt: 1000, phaseSince: 1500, woken: true });
    assert.equal(
      play([
        [1400, {}],
        [1500, { workers: [awake] }],
      ]).startupMs,
      undefined,
    );
  });

  it("is not that of a worker that another controller started long ago", () => {
    const pace = play([
      [0, {}],
      [100, { workers: [worker({ startedAt: -1_000_000, phaseSince: 50 })] }],
    ]);
    assert.equal(pace.startupMs, undefined);
  });
});

describe("A pool at rest", () => {
  it("remembers what requests and starts take, not how many came", () => {
    const pace = { serviceMs: 5, startupMs: 300, arrivalsPerMs: 1 };
    assert.deepEqual(restingPace(pace), { serviceMs: 5, startupMs: 300 });
    assert.equal(restingPace({ arrivalsPerMs: 1 }), undefined);
  });
});
