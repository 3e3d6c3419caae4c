// Walks the table of rotation-policy.ts in its order.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ObservedWorker } from "./observed-pool.ts";
import { byGeneration } from "./process-limit.ts";
import { rotationPolicy } from "./rotation-policy.ts";
import { aWorker } from "./test-support/test-builders.ts";

const ready = aWorker("new-ready");
const starting = aWorker("new-starting", { phase: "starting" });
const old = (id: string, changes: Partial<ObservedWorker> = {}): ObservedWorker =>
  aWorker(id, { generation: "g0", ...changes });

function rotate(
  workers: readonly ObservedWorker[],
  scaling: { workersWanted: number; workersKept: number },
  overlapAllowed = true,
): { missing: number; drained: string } {
  const generations = byGeneration(workers, ({ generation }) => generation === "g1");
  const { missing, drained } = rotationPolicy(generations, scaling, overlapAllowed);
  return { missing, drained: drained.map(({ id }) => id).join(" ") };
}

describe("A pool without old workers", () => {
  it("misses what it wants, whatever it keeps", () => {
    for (const overlap of [true, false]) {
      const scaling = { workersWanted: 2, workersKept: 4 };
      assert.deepEqual(rotate([], scaling, overlap), { missing: 2, drained: "" });
      assert.deepEqual(rotate([ready], scaling, overlap), { missing: 1, drained: "" });
      assert.deepEqual(rotate([ready, starting], scaling, overlap), { missing: 0, drained: "" });
    }
  });
});

describe("A pool whose old workers leave", () => {
  const leaving = old("leaving", { phase: "draining" });
  const scaling = { workersWanted: 1, workersKept: 3 };

  it("misses what it wants when overlap is allowed", () => {
    assert.deepEqual(rotate([leaving], scaling), { missing: 1, drained: "" });
  });

  it("waits for their end when overlap is disallowed", () => {
    assert.deepEqual(rotate([leaving], scaling, false), { missing: 0, drained: "" });
  });
});

describe("A pool whose old workers serve", () => {
  it("drains them all before anything starts when overlap is disallowed", () => {
    const workers = [old("a", { running: 3 }), old("b", { phase: "starting" })];
    const scaling = { workersWanted: 2, workersKept: 2 };
    assert.deepEqual(rotate(workers, scaling, false), { missing: 0, drained: "a b" });
  });

  it("misses a new worker for each that it keeps, and drains none before one is ready", () => {
    const scaling = { workersWanted: 1, workersKept: 2 };
    assert.deepEqual(rotate([old("a"), old("b")], scaling), { missing: 2, drained: "" });
    assert.deepEqual(rotate([old("a"), old("b"), starting], scaling), { missing: 1, drained: "" });
  });

  it("drains one old worker for each new one that is ready, the idle one first", () => {
    const scaling = { workersWanted: 1, workersKept: 2 };
    const workers = [old("busy", { running: 1, startedAt: 9 }), old("idle"), ready];
    assert.deepEqual(rotate(workers, scaling), { missing: 1, drained: "idle" });
  });

  it("drains the rest once enough new ones are ready", () => {
    const scaling = { workersWanted: 0, workersKept: 1 };
    const workers = [old("a"), old("b"), old("c"), ready];
    assert.deepEqual(rotate(workers, scaling), { missing: 0, drained: "a b c" });
  });

  it("drains more old workers than it keeps at once", () => {
    const scaling = { workersWanted: 1, workersKept: 1 };
    const workers = [old("a", { startedAt: 1 }), old("b", { startedAt: 2 })];
    assert.deepEqual(rotate(workers, scaling), { missing: 1, drained: "b" });
  });

  it("lets them go without a replacement when it keeps nothing", () => {
    const scaling = { workersWanted: 0, workersKept: 0 };
    assert.deepEqual(rotate([old("a")], scaling), { missing: 0, drained: "a" });
  });
});
