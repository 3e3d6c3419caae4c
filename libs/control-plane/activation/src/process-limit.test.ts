// Walks the tables of process-limit.ts.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { WorkerPhase } from "./observed-pool.ts";
import { byGeneration, startsAllowed } from "./process-limit.ts";
import { aWorker } from "./test-support/test-builders.ts";

/** Workers by generation and phase: `"g1 ready"`. */
function allowed(maxProcesses: number, overlapAllowed: boolean, ...kinds: string[]): number {
  const workers = kinds.map((kind, nth) => {
    const [generation = "", phase] = kind.split(" ");
    return aWorker(`w${nth}`, { generation, phase: phase as WorkerPhase });
  });
  const generations = byGeneration(workers, ({ generation }) => generation === "new");
  return startsAllowed(generations, { maxProcesses, overlapAllowed });
}

describe("The process limit", () => {
  it("gives every worker of the current generation a seat, also one that leaves", () => {
    assert.equal(allowed(4, true), 4);
    assert.equal(allowed(4, true, "new starting"), 3);
    assert.equal(allowed(4, true, "new starting", "new ready"), 2);
    assert.equal(allowed(4, true, "new draining", "new stopping"), 2);
    assert.equal(allowed(1, true, "new draining"), 0);
  });

  it("lets replacements run beside old workers that leave", () => {
    assert.equal(allowed(2, true, "old draining", "old stopping"), 2);
    assert.equal(allowed(1, true, "old draining"), 1);
  });

  it("gives one seat more while old workers serve", () => {
    assert.equal(allowed(1, true, "old ready"), 1);
    assert.equal(allowed(2, true, "old ready", "old ready"), 1);
    assert.equal(allowed(2, true, "old ready", "old starting", "new starting"), 0);
  });

  it("never allows more than twice maxProcesses to live", () => {
    assert.equal(allowed(2, true, "old draining", "old draining", "old draining"), 1);
    assert.equal(allowed(1, true, "old draining", "new ready"), 0);
    assert.equal(allowed(1, true, "old draining", "old ready"), 0);
  });

  it("allows nothing beside an old worker when overlap is disallowed", () => {
    assert.equal(allowed(4, false, "old ready"), 0);
    assert.equal(allowed(4, false, "old stopping"), 0);
    assert.equal(allowed(4, false, "new ready"), 3);
  });

  it("is never negative when the limit was lowered", () => {
    assert.equal(allowed(1, true, "new ready", "new ready", "new ready"), 0);
  });
});
