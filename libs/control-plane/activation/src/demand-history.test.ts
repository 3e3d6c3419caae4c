// The window of demand: what falls out of it and when.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  peakDemand,
  peakEndsAt,
  recordDemand,
  stableWindowMs,
  type DemandHistory,
} from "./demand-history.ts";

function recorded(...levels: readonly (readonly [at: number, wanted: number])[]): DemandHistory {
  let history: DemandHistory | undefined;
  for (const [at, wanted] of levels) history = recordDemand(history, wanted, at);
  if (!history) throw new Error("at least one level");
  return history;
}

describe("The demand history", () => {
  it("peaks at the highest level of the window", () => {
    assert.equal(peakDemand(recorded([0, 1], [100, 4], [200, 2])), 4);
  });

  it("holds a level until the next recording, however long nobody looked", () => {
    const history = recorded([0, 4], [1_000_000, 1]);
    assert.equal(peakDemand(history), 4);
    assert.equal(peakEndsAt(history), 1_000_000 + stableWindowMs + 5_000);
  });

  it("forgets a peak between one window and one window and a bucket later", () => {
    for (const fellAt of [0, 1, 2_500, 4_999, 5_000]) {
      const fallen = recorded([0, 4], [fellAt, 1]);
      const endsAt = peakEndsAt(fallen);
      assert.ok(endsAt !== undefined);
      assert.ok(endsAt >= fellAt + stableWindowMs && endsAt <= fellAt + stableWindowMs + 5_000);
      assert.equal(peakDemand(recordDemand(fallen, 1, endsAt - 1)), 4);
      assert.equal(peakDemand(recordDemand(fallen, 1, endsAt)), 1);
    }
  });

  it("steps down over lower peaks, each at its own time", () => {
    const history = recorded([0, 4], [5_000, 3], [10_000, 1]);
    assert.equal(peakEndsAt(history), 40_000);
    const later = recordDemand(history, 1, 40_000);
    assert.deepEqual([peakDemand(later), peakEndsAt(later)], [3, 45_000]);
  });

  it("has no end of a peak that is the present", () => {
    assert.equal(peakEndsAt(recorded([0, 2], [100, 2])), undefined);
    assert.equal(peakEndsAt(recorded([0, 2], [100, 3])), undefined);
  });

  it("stays seven numbers large", () => {
    let history: DemandHistory | undefined;
    for (let at = 0; at < 1_000_000; at += 1_234) history = recordDemand(history, at % 7, at);
    assert.equal(history?.peaks.length, 7);
  });

  it("keeps its peak when the clock goes back", () => {
    assert.equal(peakDemand(recorded([100_000, 4], [50_000, 1])), 4);
  });
});
