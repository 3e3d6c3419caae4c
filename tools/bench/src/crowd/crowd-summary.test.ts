import assert from "node:assert/strict";
import { test } from "node:test";
import { summarizeCrowds } from "./crowd-summary.ts";

test("each way is one row: medians over the turns, and every failure", () => {
  const [penstock, byHand] = summarizeCrowds([
    { turn: 0, way: "penstock", workers: 8, answeredMs: [100, 200, 300], failed: 0 },
    { turn: 0, way: "by hand", workers: 8, answeredMs: [90, 100, 110], failed: 1 },
    { turn: 1, way: "penstock", workers: 10, answeredMs: [300, 400, 500], failed: 0 },
    { turn: 1, way: "by hand", workers: 10, answeredMs: [110, 120, 130], failed: 2 },
  ]);
  assert.deepEqual(penstock, {
    way: "penstock",
    workers: 9,
    firstMs: 200,
    p50Ms: 300,
    allMs: 400,
    failed: 0,
  });
  assert.deepEqual([byHand?.allMs, byHand?.failed], [120, 3]);
});
