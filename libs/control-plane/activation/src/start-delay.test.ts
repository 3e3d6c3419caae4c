// Walks the table of start-delay.ts.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { failuresToLongestWait, startDelayMs, startsHeldUntil } from "./start-delay.ts";

describe("The wait before the next start", () => {
  const table = [
    [0, 0],
    [1, 0],
    [2, 250],
    [3, 500],
    [4, 1_000],
    [5, 2_000],
    [6, 4_000],
    [7, 8_000],
    [8, 16_000],
    [9, 30_000],
    [10, 30_000],
    [2_000, 30_000],
  ] as const;
  for (const [failures, waitMs] of table)
    it(`is ${waitMs} ms after ${failures} failures`, () => {
      assert.equal(startDelayMs(failures), waitMs);
    });

  it("is the longest from the named count on", () => {
    assert.ok(startDelayMs(failuresToLongestWait - 1) < startDelayMs(failuresToLongestWait));
    assert.equal(startDelayMs(failuresToLongestWait), startDelayMs(failuresToLongestWait + 1));
  });

  it("counts from the last failure", () => {
    assert.equal(startsHeldUntil([100, 200, 300], 10_000, 300), 800);
    assert.equal(startsHeldUntil([100, 200, 300], 10_000, 799), 800);
    assert.equal(startsHeldUntil([100, 200, 300], 10_000, 800), undefined);
  });

  it("forgets failures that are older than the interval", () => {
    assert.equal(startsHeldUntil([0, 10_000], 10_000, 10_000), undefined);
    assert.equal(startsHeldUntil([1, 10_000], 10_000, 10_000), 10_250);
  });

  it("is none without failures", () => {
    assert.equal(startsHeldUntil([], 10_000, 0), undefined);
  });
});
