import assert from "node:assert/strict";
import { test } from "node:test";
import { requestsIn, summarizeChanges } from "./change-summary.ts";

const span = {
  change: "recycle",
  turn: 0,
  beginsAt: 1000,
  changedAt: 2000,
  completeAt: 2500,
  endsAt: 3500,
};

test("a request belongs to the moment at which it was to be sent, whenever it was answered", () => {
  const sample = requestsIn(
    [
      [999, 1, 0],
      [1000, 2, 0],
      // Sent before the change, and answered long after it.
      [1999, 1700, 0],
      [2000, 3, 0],
      [3499, 4, 0],
      [3500, 5, 0],
    ],
    span,
  );
  assert.deepEqual(sample.beforeMs, [2, 1700]);
  assert.deepEqual(sample.duringMs, [3, 4]);
  assert.equal(sample.tookMs, 500);
});

test("what failed counts wherever it was, and its time counts nowhere", () => {
  const sample = requestsIn(
    [
      [1500, 1, 1],
      [2500, 2, 1],
      [2500, 3, 0],
      [4000, 4, 1],
    ],
    span,
  );
  assert.equal(sample.failed, 2);
  assert.deepEqual([sample.beforeMs, sample.duringMs], [[], [3]]);
});

test("turns of a change become one row over all of their requests", () => {
  const turn = { change: "deploy", failed: 1, beforeMs: [1, 1] };
  const [row] = summarizeChanges([
    { ...turn, turn: 0, tookMs: 100, duringMs: [1, 2] },
    { ...turn, turn: 1, tookMs: 300, duringMs: [3, 50] },
  ]);
  assert.deepEqual([row?.tookMs, row?.requests, row?.failed], [200, 10, 2]);
  assert.deepEqual([row?.p50DuringMs, row?.maxDuringMs], [2.5, 50]);
});
