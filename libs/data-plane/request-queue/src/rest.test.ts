// A worker that rests may be frozen for any time: no pull is open then and nothing is in hand.

import assert from "node:assert/strict";
import { test } from "node:test";
import { World } from "./test-support/world.ts";

/** Longer than a pull lives, milliseconds. */
const PULLS_END_MS = 600;

const HOUR_MS = 3_600_000;

/** What a rest came to so far. */
function outcomeOf(rest: Promise<boolean>): { readonly reached: boolean | undefined } {
  const outcome: { reached: boolean | undefined } = { reached: undefined };
  void rest.then((reached) => (outcome.reached = reached));
  return outcome;
}

test("a worker that rests takes nothing, sleeps for an hour, and takes what waits when it works again", async () => {
  const world = new World();
  const listener = world.listener();
  const worker = world.worker();
  await world.settle();
  const rest = outcomeOf(worker.receiver.rest());
  await world.settle();
  assert.equal(rest.reached, undefined, "its pulls are open");
  await world.pass(PULLS_END_MS);
  assert.equal(rest.reached, true);
  worker.life.freeze();
  world.clock.advance(HOUR_MS);
  const exchange = listener.ask();
  await world.pass(PULLS_END_MS);
  assert.equal(exchange.state, "waiting");
  worker.life.thaw();
  worker.receiver.receive();
  await world.settle();
  worker.application.runs[0]?.answer();
  await world.settle();
  assert.equal(exchange.outcome, "answered");
});

test("what a pull still brings is run before the worker rests", async () => {
  const world = new World();
  const listener = world.listener();
  const worker = world.worker();
  await world.settle();
  const rest = outcomeOf(worker.receiver.rest());
  const exchange = listener.ask();
  await world.pass(PULLS_END_MS);
  assert.equal(worker.receiver.running, 1);
  assert.equal(rest.reached, undefined);
  worker.application.runs[0]?.answer();
  await world.settle();
  assert.deepEqual([rest.reached, exchange.outcome], [true, "answered"]);
});

test("an order to work calls a rest off, whether pulls or requests are still to end", async () => {
  const world = new World();
  const listener = world.listener();
  const worker = world.worker("w1", 2);
  await world.settle();
  const early = outcomeOf(worker.receiver.rest());
  worker.receiver.receive();
  await world.pass(PULLS_END_MS);
  assert.equal(early.reached, false);
  const first = listener.ask();
  await world.settle();
  const late = outcomeOf(worker.receiver.rest());
  await world.pass(PULLS_END_MS);
  assert.equal(late.reached, undefined, "one is in hand");
  worker.receiver.receive();
  await world.settle();
  assert.equal(late.reached, false);
  const second = listener.ask();
  await world.settle();
  for (const run of worker.application.runs) run.answer();
  await world.settle();
  assert.deepEqual([first.outcome, second.outcome], ["answered", "answered"]);
});

test("a worker that rests drains at once, and one that drains neither rests nor works again", async () => {
  const world = new World();
  const worker = world.worker();
  await world.settle();
  const rest = outcomeOf(worker.receiver.rest());
  const drained = worker.receiver.drain();
  await world.pass(PULLS_END_MS);
  await drained;
  assert.equal(rest.reached, false);
  assert.equal(await worker.receiver.rest(), false);
  worker.receiver.receive();
  const exchange = world.listener().ask();
  await world.settle();
  assert.equal(exchange.state, "waiting");
});

test("a worker that lost its connection while it rests asks for nothing when it is back, until it works", async () => {
  const world = new World();
  const worker = world.worker();
  await world.settle();
  const rest = outcomeOf(worker.receiver.rest());
  await world.breakConnection(worker);
  await world.settle();
  assert.equal(rest.reached, true);
  const exchange = world.listener().ask();
  await world.pass(PULLS_END_MS);
  assert.equal(exchange.state, "waiting");
  worker.receiver.receive();
  await world.settle();
  assert.equal(exchange.state, "claimed");
});
