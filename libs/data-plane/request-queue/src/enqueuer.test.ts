// Which publishes are to be confirmed, and what becomes of those that are not.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  CLAIM_WAIT_MS,
  CONFIRM_EVERY,
  FLOWING_CLAIM_MS,
  FLOWING_WAIT_MS,
  LOOK_MS,
} from "./limits.ts";
import { routedPool, World, type Asked, type ListenerProcess } from "./test-support/world.ts";

/** A pool whose worker took something just now. */
async function flowing(queueLength = 1000) {
  const world = new World(routedPool("shop", { queueLength }));
  const listener = world.listener();
  const worker = world.worker("w1", 500);
  worker.application.behave = (run) => run.answer();
  listener.ask();
  await world.settle();
  return { world, listener, worker };
}

/** How many of so many requests were confirmed. */
async function confirmed(world: World, listener: ListenerProcess, count: number, asked?: Asked) {
  const exchanges = Array.from({ length: count }, () => listener.ask(asked));
  await world.settle();
  for (const { outcome } of exchanges) assert.equal(outcome, "answered");
  return exchanges.filter(({ sequence }) => sequence > 0).length;
}

test("of requests that are taken as they come, one in so many is confirmed", async () => {
  const { world, listener } = await flowing();
  assert.equal(await confirmed(world, listener, 4 * CONFIRM_EVERY), 4);
});

test("what may not be repeated is always confirmed", async () => {
  const { world, listener } = await flowing();
  assert.equal(await confirmed(world, listener, 20, { method: "POST" }), 20);
});

test("after a while without a claim everything is confirmed", async () => {
  const { world, listener } = await flowing();
  world.clock.advance(FLOWING_CLAIM_MS + 1);
  assert.equal(await confirmed(world, listener, 20), 20);
});

test("near the queue's limit everything is confirmed", async () => {
  const { world, listener } = await flowing(80);
  // The first twenty are not near it; one of them is the one in so many.
  assert.equal(await confirmed(world, listener, 40), 1 + 20);
});

test("while something has waited for long everything is confirmed", async () => {
  const { world, listener, worker } = await flowing();
  worker.life.freeze();
  const first = listener.ask();
  assert.equal(first.sequence, 0);
  world.clock.advance(FLOWING_WAIT_MS + 1);
  const later = Array.from({ length: 5 }, () => listener.ask());
  worker.life.thaw();
  await world.settle();
  assert.ok(later.every(({ sequence, outcome }) => sequence > 0 && outcome === "answered"));
});

test("a refusal that nobody heard of is found, and told", async () => {
  const { world, listener, worker } = await flowing(100);
  worker.crash();
  await world.settle();
  const other = world.listener("l2");
  for (let count = 0; count < 100; count++) other.ask({ method: "POST" });
  await world.settle();
  const exchange = listener.ask();
  await world.settle();
  assert.equal(exchange.state, "waiting");
  await world.pass(CLAIM_WAIT_MS + 3 * LOOK_MS);
  assert.equal(exchange.outcome, "QueueFull");
});

test("a client that leaves takes its message along, though its number is not known", async () => {
  const { world, listener, worker } = await flowing();
  worker.crash();
  await world.settle();
  const exchanges = Array.from({ length: 3 }, () => listener.ask());
  await world.settle();
  for (const exchange of exchanges.slice(0, 2)) listener.dispatcher.leave(exchange);
  assert.equal(world.broker.queue("shop")?.depth, 3);
  await world.pass(2 * LOOK_MS);
  assert.equal(world.broker.queue("shop")?.depth, 1);
  assert.equal(listener.dispatcher.leftovers, 1);
  assert.equal(exchanges[2]?.state, "waiting");
});
