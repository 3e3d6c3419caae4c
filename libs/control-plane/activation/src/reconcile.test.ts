// The set of pools: who is looked at, what is remembered, when to look again.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { DesiredPool } from "./desired-pool.ts";
import { nothingObserved, type ObservedPool } from "./observed-pool.ts";
import { noMemory, reconcile } from "./reconcile.ts";
import { aWorker, desire } from "./test-support/test-builders.ts";

const desiredPools = (...pools: readonly DesiredPool[]): ReadonlyMap<string, DesiredPool> =>
  new Map(pools.map((desired) => [desired.pool.name, desired]));

const observedPools = (...pools: readonly ObservedPool[]): ReadonlyMap<string, ObservedPool> =>
  new Map(pools.map((observed) => [observed.pool, observed]));

function serving(pool: string): ObservedPool {
  return { ...nothingObserved(pool), workers: [aWorker(`${pool}-1`, { pool })] };
}

describe("A turn over several pools", () => {
  it("decides for each by itself, for a removed one too, and wakes at the earliest", () => {
    const desired = desiredPools(
      desire({ name: "idle" }),
      desire({ name: "always", startMode: "AlwaysRunning" }),
    );
    const plan = reconcile(desired, observedPools(serving("idle"), serving("gone")), noMemory, 0);
    assert.deepEqual(
      plan.actions.map(({ kind, pool }) => [kind, pool]),
      [
        ["startWorker", "always"],
        ["drainWorker", "gone"],
      ],
    );
    assert.deepEqual([...plan.wakes], [["idle", 1_200_000]]);
    assert.equal(plan.wakeInMs, 1_200_000);
    assert.deepEqual([...plan.memory.keys()].sort(), ["always", "idle"]);
  });

  it("lets the memory of pools that were not handed in go through untouched", () => {
    const first = reconcile(
      desiredPools(desire({ name: "a" }), desire({ name: "b" })),
      observedPools(serving("a"), serving("b")),
      noMemory,
      0,
    );
    const gone = observedPools(nothingObserved("b"));
    const second = reconcile(desiredPools(desire({ name: "b" })), gone, first.memory, 1);
    assert.equal(second.memory.get("a"), first.memory.get("a"));
    assert.ok(!second.memory.has("b"), "a pool at rest is forgotten");
    assert.ok(first.memory.has("b"), "the memory handed in is not changed");
  });

  it("remembers nothing of five thousand pools at zero and answers with the same memory", () => {
    const pools = Array.from({ length: 5_000 }, (_, nth) => desire({ name: `pool-${nth}` }));
    const plan = reconcile(desiredPools(...pools), new Map(), noMemory, 0);
    assert.deepEqual([plan.actions, plan.wakeInMs, plan.wakes.size], [[], undefined, 0]);
    assert.equal(plan.memory, noMemory);
  });
});
