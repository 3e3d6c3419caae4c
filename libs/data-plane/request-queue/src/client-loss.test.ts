// The client left: step 10 of a request's life. What waits must not run, what runs must be told.

import assert from "node:assert/strict";
import { test } from "node:test";
import { World } from "./test-support/world.ts";

test("a client that leaves while it waits takes its message out of the queue", async () => {
  const world = new World();
  const listener = world.listener();
  const exchange = listener.ask();
  await world.settle();
  assert.equal(world.broker.queue("shop")?.depth, 1);
  listener.dispatcher.leave(exchange);
  await world.settle();
  assert.equal(world.broker.queue("shop")?.depth, 0);
  assert.equal(exchange.outcome, undefined);
  assert.deepEqual(listener.observer.lines, ["shop rejected Client_Reset"]);
  assert.equal(listener.dispatcher.leftovers, 0);
});

test("also when the sequence number of its message is not known yet", async () => {
  const world = new World();
  const listener = world.listener();
  const exchange = listener.ask();
  listener.dispatcher.leave(exchange);
  assert.equal(listener.dispatcher.leftovers, 1);
  await world.settle();
  assert.equal(world.broker.queue("shop")?.depth, 0);
  assert.equal(listener.dispatcher.leftovers, 0);
});

test("a message that the queue refused needs no removal", async () => {
  const world = new World();
  const listener = world.listener();
  world.broker.removeQueue("shop");
  const exchange = listener.ask();
  listener.dispatcher.leave(exchange);
  await world.settle();
  assert.equal(listener.dispatcher.leftovers, 0);
  assert.deepEqual(exchange.outcomes, []);
});

test("a request that was taken before its client left is refused, and its application cancelled", async () => {
  const world = new World();
  const listener = world.listener();
  const worker = world.worker();
  const exchange = listener.ask();
  while (worker.application.runs.length === 0) world.scheduler.step();
  listener.dispatcher.leave(exchange);
  await world.settle();
  assert.equal(worker.application.runs[0]?.cancelled, true);
  assert.equal(worker.receiver.running, 0);
  assert.equal(listener.dispatcher.leftovers, 0);
});

test("a worker that asks first never starts a request whose client left", async () => {
  const world = new World();
  const listener = world.listener();
  const raw = world.rawWorker();
  raw.pull(1);
  const exchange = listener.ask();
  await world.settle();
  listener.dispatcher.leave(exchange);
  raw.ask(raw.takes[0]!);
  await world.settle();
  assert.deepEqual(raw.heardKinds, ["refuse"]);
});

test("a client that leaves while the application runs cancels it and frees the slot", async () => {
  const world = new World();
  const listener = world.listener();
  const worker = world.worker();
  const exchange = listener.ask();
  await world.settle();
  listener.dispatcher.leave(exchange);
  await world.settle();
  assert.equal(worker.application.runs[0]?.cancelled, true);
  assert.equal(worker.receiver.running, 0);
  assert.deepEqual(exchange.outcomes, []);
});

test("a client that leaves in the middle of its answer cancels the application", async () => {
  const world = new World();
  const listener = world.listener();
  const worker = world.worker();
  const exchange = listener.ask();
  await world.settle();
  const [run] = worker.application.runs;
  run?.begin(Buffer.from("a"));
  await world.settle();
  listener.dispatcher.leave(exchange);
  run?.exchange.write(Buffer.from("b"));
  await world.settle();
  assert.equal(run?.cancelled, true);
  assert.equal(exchange.body.toString(), "a");
  assert.equal(listener.pool().running.size, 0);
});

test("leaving twice, after the end, or before the dispatch changes nothing", async () => {
  const world = new World();
  const listener = world.listener();
  world.worker().application.behave = (run) => run.answer();
  const exchange = listener.ask();
  await world.settle();
  listener.dispatcher.leave(exchange);
  listener.dispatcher.leave(exchange);
  assert.equal(exchange.outcome, "answered");
  assert.deepEqual(listener.observer.lines, []);
});

test("room in the queue that a client leaves behind is there for the next", async () => {
  const world = new World();
  const listener = world.listener();
  for (let count = 0; count < 100; count++) listener.ask();
  const full = listener.ask();
  assert.equal(full.outcome, "QueueFull");
  await world.settle();
  const first = listener.pool().waiting.first;
  assert.ok(first);
  listener.dispatcher.leave(first);
  const next = listener.ask();
  await world.settle();
  assert.equal(next.state, "waiting");
  assert.equal(world.broker.queue("shop")?.depth, 100);
});

test("a client's departure tells how far its request had come", async () => {
  const world = new World();
  const listener = world.listener();
  const queued = listener.ask();
  await world.settle();
  listener.dispatcher.leave(queued);
  await world.settle();
  const worker = world.worker();
  const assigned = listener.ask();
  await world.settle();
  listener.dispatcher.leave(assigned);
  const answering = listener.ask();
  await world.settle();
  worker.application.runs[1]?.begin();
  await world.settle();
  listener.dispatcher.leave(answering);
  listener.dispatcher.leave(answering);
  assert.deepEqual(listener.observer.departures, ["queued", "assigned", "response"]);
  assert.equal(listener.observer.admitted, 3);
});
