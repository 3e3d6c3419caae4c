// Walks the views of demand.ts.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { demandOf, type Demand } from "./demand.ts";
import type { ObservedPool, ObservedWorker, PoolLoad } from "./observed-pool.ts";
import { aWorker, seen } from "./test-support/test-builders.ts";

const busy = aWorker("busy", { running: 4 });
const leaving = aWorker("leaving", { phase: "draining", running: 3 });
const starting = aWorker("starting", { phase: "starting" });

function demand(
  workers: readonly ObservedWorker[],
  load: PoolLoad | undefined,
  changes: Partial<ObservedPool> = {},
): Demand {
  return demandOf(seen(workers, { load, ...changes }), 10);
}

describe("The demand of a pool", () => {
  it("is what waits and runs as listeners see it", () => {
    assert.deepEqual(demand([busy], { waiting: 2, running: 5 }), {
      requests: 7,
      waiting: 2,
      running: 5,
      signalled: false,
    });
  });

  it("leaves out what draining workers finish", () => {
    assert.equal(demand([busy, leaving], { waiting: 2, running: 7 }).requests, 6);
    assert.equal(demand([leaving], { waiting: 0, running: 3 }).requests, 0);
  });

  it("never calls for a worker because of requests in the hands of one that is gone", () => {
    assert.equal(demand([], { waiting: 0, running: 3 }).requests, 0);
    assert.equal(demand([starting], { waiting: 1, running: 3 }).requests, 1);
    assert.equal(demand([busy], { waiting: 0, running: 99 }).requests, 10);
  });

  it("does not count a request twice that a worker took since the listeners' report", () => {
    const taken = aWorker("a", { running: 1 });
    assert.equal(demand([taken], { waiting: 1, running: 0 }).requests, 1);
  });

  it("is what workers have in hand when that is more, and when no listener reported", () => {
    assert.equal(demand([busy], { waiting: 0, running: 1 }).requests, 4);
    assert.deepEqual(demand([busy, leaving], undefined).requests, 4);
  });

  it("is at least one when the queue signals an arrival and nobody is ready", () => {
    const signal = { arrivedWithoutWorker: true };
    assert.equal(demand([], undefined, signal).requests, 1);
    assert.equal(demand([starting, leaving], undefined, signal).requests, 1);
    assert.equal(demand([], { waiting: 5, running: 0 }, signal).requests, 5);
  });

  it("does not believe the signal while a worker is ready", () => {
    const idle = demand([aWorker("a")], undefined, { arrivedWithoutWorker: true });
    assert.deepEqual([idle.requests, idle.signalled], [0, false]);
  });
});
