// What waits in one pool's queue goes over to another's: a version that cannot serve gives its requests back.

import assert from "node:assert/strict";
import { test } from "node:test";
import { routedPool, World } from "./test-support/world.ts";

const twoPools = () => new World(routedPool("shop"), routedPool("shop~canary"));

test("what waits is taken out of its queue and answered from the other, in its order", async () => {
  const world = twoPools();
  const listener = world.listener();
  const [canary, shop] = [listener.pool("shop~canary"), listener.pool("shop")];
  const first = listener.ask({ pool: "shop~canary", target: "/1" });
  world.clock.advance(1);
  listener.ask({ pool: "shop", target: "/2" });
  await world.settle();
  listener.dispatcher.moveWaiting(canary, shop);
  await world.settle();
  assert.equal(world.broker.queue("shop~canary")?.depth, 0);
  assert.equal(world.broker.queue("shop")?.depth, 2);
  assert.deepEqual([canary.waiting.size, shop.waiting.size, shop.waiting.first], [0, 2, first]);

  const worker = world.worker("w1", 4, "shop");
  worker.application.behave = (run) => run.answer();
  await world.pass(1000);
  assert.equal(first.outcome, "answered");
  assert.equal(listener.dispatcher.leftovers, 0);
});

test("what may not be repeated stays, since somebody may have taken it", async () => {
  const world = twoPools();
  const listener = world.listener();
  const canary = listener.pool("shop~canary");
  const post = listener.ask({ pool: "shop~canary", method: "POST" });
  listener.dispatcher.moveWaiting(canary, listener.pool("shop"));
  await world.settle();
  assert.equal(canary.waiting.first, post);
  listener.dispatcher.refuseWaiting(canary, "AppOffline", "");
  assert.equal(post.outcome, "AppOffline");
});

test("a worker that took it in that moment does not get to answer it: its client has one answer", async () => {
  const world = twoPools();
  const listener = world.listener();
  const raw = world.rawWorker("w1", "shop~canary");
  raw.pull(1);
  const exchange = listener.ask({ pool: "shop~canary" });
  while (raw.takes.length === 0) world.scheduler.step();
  listener.dispatcher.moveWaiting(listener.pool("shop~canary"), listener.pool("shop"));
  const late = raw.takes[0];
  assert(late);
  raw.claim(late);
  raw.head(late, { body: "late", end: true });
  const worker = world.worker("w2", 4, "shop");
  worker.application.behave = (run) => run.answer();
  await world.pass(1000);
  assert.equal(exchange.outcome, "answered");
  assert.equal(worker.application.runs.length, 1);
  assert.equal(listener.dispatcher.leftovers, 0);
});

test("where the other pool does not take it either, it is refused for that reason", async () => {
  const world = twoPools();
  const listener = world.listener();
  const shop = listener.pool("shop");
  const exchange = listener.ask({ pool: "shop~canary" });
  shop.state = { state: "disabled", detail: "" };
  listener.dispatcher.moveWaiting(listener.pool("shop~canary"), shop);
  await world.settle();
  assert.equal(exchange.outcome, "Disabled");
  assert.equal(world.broker.queue("shop~canary")?.depth, 0);
});
