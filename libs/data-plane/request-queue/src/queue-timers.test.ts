// Time limits: one timer per pool, whatever the number of requests.

import assert from "node:assert/strict";
import { test } from "node:test";
import { routedPool, World } from "./test-support/world.ts";

test("a request that waits too long is answered with Timer_ReqQueue and leaves the queue", async () => {
  const world = new World(routedPool("shop", { queueTimeoutMs: 5000 }));
  const listener = world.listener();
  const exchange = listener.ask();
  await world.pass(4900);
  assert.equal(exchange.state, "waiting");
  await world.pass(200);
  assert.equal(exchange.outcome, "Timer_ReqQueue");
  assert.equal(world.broker.queue("shop")?.depth, 0);
});

test("each request has the whole limit, from its own admission on", async () => {
  const world = new World(routedPool("shop", { queueTimeoutMs: 5000 }));
  const listener = world.listener();
  const first = listener.ask();
  await world.pass(2000);
  const second = listener.ask();
  await world.pass(3100);
  assert.equal(first.outcome, "Timer_ReqQueue");
  assert.equal(second.state, "waiting");
  await world.pass(2000);
  assert.equal(second.outcome, "Timer_ReqQueue");
});

test("requests that come back from a lost worker still expire in the order of their admission", async () => {
  const world = new World(routedPool("shop", { queueTimeoutMs: 5000 }));
  const listener = world.listener();
  const worker = world.worker("w1", 2);
  const first = listener.ask();
  await world.pass(1000);
  const second = listener.ask();
  await world.settle();
  assert.deepEqual([first.state, second.state], ["claimed", "claimed"]);
  worker.crash();
  listener.dispatcher.workerEnded("shop", "w1", "exit 1");
  await world.pass(4100);
  assert.equal(first.outcome, "Timer_ReqQueue");
  assert.equal(second.state, "waiting");
  await world.pass(1000);
  assert.equal(second.outcome, "Timer_ReqQueue");
});

test("an answer that does not begin in time is Timer_Response, and its worker is told", async () => {
  const world = new World(routedPool("shop", { requestTimeoutMs: 3000 }));
  const listener = world.listener();
  const worker = world.worker();
  const late = listener.ask({ target: "/late" });
  await world.pass(1000);
  const begun = listener.ask({ target: "/begun" });
  await world.settle();
  worker.application.runs[1]?.begin();
  await world.pass(2100);
  assert.equal(late.outcome, "Timer_Response");
  assert.equal(worker.application.runs[0]?.cancelled, true);
  await world.pass(10_000);
  assert.equal(begun.state, "answering");
  assert.equal(worker.application.runs[1]?.cancelled, false);
});

test("without a limit an answer may take for ever", async () => {
  const world = new World();
  const listener = world.listener();
  world.worker();
  const exchange = listener.ask();
  await world.pass(600_000, 1000);
  assert.equal(exchange.state, "claimed");
});

test("a limit that was lowered holds for what waits and runs already", async () => {
  const long = { queueTimeoutMs: 600_000, requestTimeoutMs: 600_000 };
  const world = new World(routedPool("shop", long));
  const listener = world.listener();
  world.worker("w1", 1);
  const running = listener.ask();
  await world.settle();
  const waiting = listener.ask();
  await world.settle();
  listener.pool().route = routedPool("shop", { queueTimeoutMs: 5000, requestTimeoutMs: 3000 });
  await world.pass(4000);
  assert.equal(running.outcome, "Timer_Response");
  await world.pass(2000);
  assert.notEqual(waiting.state, "waiting");
});

test("a limit that was introduced holds for what runs already", async () => {
  const world = new World();
  const listener = world.listener();
  world.worker();
  const running = listener.ask();
  await world.settle();
  listener.pool().route = routedPool("shop", { requestTimeoutMs: 3000 });
  listener.ask();
  await world.pass(4100);
  assert.equal(running.outcome, "Timer_Response");
});

test("however many requests wait and run, there are two timers, and none when they are gone", async () => {
  const world = new World(routedPool("shop", { requestTimeoutMs: 3000, queueTimeoutMs: 5000 }));
  const listener = world.listener();
  const raw = world.rawWorker();
  raw.pull(20);
  for (let count = 0; count < 40; count++) listener.ask();
  await world.settle();
  for (const taken of raw.takes) raw.claim(taken);
  const before = world.clock.pendingTimers;
  await world.settle();
  // The running timer and the one that probes silent workers.
  assert.ok(world.clock.pendingTimers <= before + 2);
  await world.pass(70_000, 1000);
  assert.equal(listener.dispatcher.leftovers, 0);
  assert.equal(world.clock.pendingTimers, 0);
});

test("a client that asks again the moment it is refused does not multiply timers", async () => {
  const world = new World(routedPool("shop", { queueTimeoutMs: 1000 }));
  const listener = world.listener();
  const again = (): void => {
    listener.ask().during = again;
  };
  again();
  again();
  await world.pass(20_000);
  assert.ok(world.clock.pendingTimers <= 2, `${world.clock.pendingTimers} timers`);
});
