// The whole protocol in a world where everything happens in any order: the invariants of docs/protocol.md.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { badDay, quietDay, type Action } from "./test-support/model/action.ts";
import { ModelWorld } from "./test-support/model/model-world.ts";

/** More of them with PENSTOCK_MODEL_RUNS, and others with PENSTOCK_MODEL_SEED. */
const numRuns = Number(process.env["PENSTOCK_MODEL_RUNS"] ?? 400);
const seed = Number(process.env["PENSTOCK_MODEL_SEED"] ?? 20_261_123);

const outcomes = new Map<string, number>();

async function live(day: readonly Action[]): Promise<ModelWorld> {
  const world = new ModelWorld();
  for (const action of day) await world.act(action);
  await world.rest();
  world.count(outcomes);
  return world;
}

test("on a quiet day every request gets its own answer, unless its client left or its application broke off", async () => {
  const quiet = new Set([
    "answered",
    "tunnel closed",
    "QueueFull",
    "left",
    "BadGatewayResponse",
    "cut",
  ]);
  await fc.assert(
    fc.asyncProperty(quietDay, async (day) => {
      outcomes.clear();
      await live(day);
      for (const outcome of outcomes.keys()) assert.ok(quiet.has(outcome), outcome);
    }),
    { seed, numRuns: numRuns / 4 },
  );
});

test("on a bad day nobody gets two answers, or another's; no POST runs twice; nothing is left", async () => {
  outcomes.clear();
  await fc.assert(
    fc.asyncProperty(badDay, async (day) => {
      await live(day);
    }),
    { seed, numRuns },
  );
  // The days are bad enough to mean something.
  for (const outcome of [
    "answered",
    "tunnel closed",
    "Connection_Abandoned_By_ReqQueue",
    "cut",
    "QueueUnavailable",
  ])
    assert.ok((outcomes.get(outcome) ?? 0) > 0, `never ${outcome}`);
});
