import assert from "node:assert/strict";
import { test } from "node:test";
import { summarizeColdStart, type TimedStart } from "./cold-summary.ts";

function start(turn: number, way: string, milliseconds: number): TimedStart {
  return { turn, application: "fastify", way, milliseconds };
}

test("differences are taken inside each turn, and the first turn stands for itself", () => {
  const [penstock, node] = summarizeColdStart([
    start(-1, "penstock", 700),
    start(-1, "node", 200),
    start(0, "penstock", 180),
    start(0, "node", 150),
    // The machine was busy with something else in this turn.
    start(1, "node", 450),
    start(1, "penstock", 500),
    start(2, "penstock", 190),
    start(2, "node", 150),
  ]);
  assert.equal(penstock?.starts, 3);
  assert.equal(penstock.firstMs, 700);
  assert.equal(penstock.medianMs, 190);
  assert.equal(penstock.maxMs, 500);
  assert.ok(Number.isNaN(penstock.penstockMoreMs));
  assert.ok(Number.isNaN(penstock.penstockTimes));
  assert.equal(node?.medianMs, 150);
  assert.equal(node.penstockMoreMs, 40);
  assert.equal(node.penstockTimes, 180 / 150);
});
