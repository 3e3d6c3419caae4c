// The end of a process: what is in hand finishes, nothing new is taken.

import assert from "node:assert/strict";
import { test } from "node:test";
import { World } from "./test-support/world.ts";

/** Whether a promise has resolved by now. */
async function resolved(promise: Promise<void>): Promise<boolean> {
  return Promise.race([promise.then(() => true), new World().settle().then(() => false)]);
}

test("a listener that drains refuses new requests and finishes those in hand", async () => {
  const world = new World();
  const listener = world.listener();
  const worker = world.worker();
  const exchange = listener.ask();
  await world.settle();
  const drained = listener.dispatcher.drain();
  const late = listener.ask();
  assert.equal(late.outcome, "AppShutdown");
  assert.equal(await resolved(drained), false);
  worker.application.runs[0]?.answer();
  await world.settle();
  await drained;
  assert.equal(exchange.outcome, "answered");
});

test("a listener without requests is drained with its turn", async () => {
  const world = new World();
  const drained = world.listener().dispatcher.drain();
  await world.settle();
  await drained;
});

test("a listener is drained when what it last had to say to workers has left", async () => {
  const world = new World();
  const listener = world.listener();
  world.worker();
  const exchange = listener.ask();
  await world.settle();
  let leftWithIt = -1;
  void listener.dispatcher.drain().then(() => (leftWithIt = listener.connection.underWay));
  listener.dispatcher.leave(exchange);
  for (let steps = 0; steps < 10; steps++) {
    world.scheduler.step();
    await Promise.resolve();
  }
  assert.equal(leftWithIt, 1);
});

test("a listener that is told twice to drain resolves both", async () => {
  const world = new World();
  const listener = world.listener();
  const worker = world.worker();
  listener.ask();
  await world.settle();
  const drains = [listener.dispatcher.drain(), listener.dispatcher.drain()];
  worker.application.runs[0]?.answer();
  await world.settle();
  await Promise.all(drains);
});

test("a listener that drains still repeats what a lost worker held", async () => {
  const world = new World();
  const listener = world.listener();
  const worker = world.worker("w1");
  const exchange = listener.ask();
  await world.settle();
  const drained = listener.dispatcher.drain();
  worker.crash();
  listener.dispatcher.workerEnded("shop", "w1", "exit code 1");
  world.worker("w2").application.behave = (run) => run.answer();
  await world.settle();
  await drained;
  assert.equal(exchange.outcome, "answered");
});

test("an abort gives up what waits and runs, and cuts what is being answered", async () => {
  const world = new World();
  const listener = world.listener();
  const worker = world.worker("w1", 2);
  const exchanges = [listener.ask(), listener.ask(), listener.ask()];
  await world.settle();
  worker.application.runs[0]?.begin();
  await world.settle();
  const drained = listener.dispatcher.drain();
  listener.dispatcher.abort();
  await world.settle();
  await drained;
  assert.deepEqual(
    exchanges.map(({ outcome }) => outcome),
    ["cut", "AppShutdown", "AppShutdown"],
  );
  assert.ok(worker.application.runs.every(({ cancelled }) => cancelled));
  assert.equal(world.broker.queue("shop")?.depth, 0);
});

test("waiting requests of one pool can be refused together", async () => {
  const world = new World();
  const listener = world.listener();
  const worker = world.worker("w1", 1);
  const exchanges = [listener.ask(), listener.ask(), listener.ask()];
  await world.settle();
  listener.dispatcher.refuseWaiting(listener.pool(), "StartupTimeout", "it did not start");
  await world.settle();
  assert.deepEqual(
    exchanges.map(({ outcome }) => outcome),
    [undefined, "StartupTimeout", "StartupTimeout"],
  );
  assert.equal(worker.application.runs[0]?.cancelled, false);
  assert.equal(world.broker.queue("shop")?.depth, 0);
});

/** Longer than a pull lives, milliseconds. */
const PULLS_END_MS = 600;

test("a worker that drains asks for nothing more and finishes what it has", async () => {
  const world = new World();
  const listener = world.listener();
  const worker = world.worker("w1", 4);
  const exchange = listener.ask();
  await world.settle();
  const drained = worker.receiver.drain();
  await world.pass(PULLS_END_MS);
  const later = listener.ask();
  await world.settle();
  assert.equal(later.state, "waiting");
  assert.equal(await resolved(drained), false);
  worker.application.runs[0]?.answer();
  await world.settle();
  await drained;
  assert.equal(exchange.outcome, "answered");
  world.worker("w2");
  await world.settle();
  assert.equal(later.state, "claimed");
});

test("a worker without requests is drained as soon as its pulls are", async () => {
  const world = new World();
  const worker = world.worker();
  await world.settle();
  const drained = worker.receiver.drain();
  await world.pass(PULLS_END_MS);
  await drained;
  await world.pass(1000);
  assert.equal(world.clock.pendingTimers, 0);
});

test("what comes while a worker stops pulling is still run", async () => {
  const world = new World();
  const listener = world.listener();
  const worker = world.worker("w1", 4);
  await world.settle();
  const exchange = listener.ask({ method: "POST" });
  const drained = worker.receiver.drain();
  await world.pass(PULLS_END_MS);
  assert.equal(exchange.state, "claimed");
  worker.application.runs[0]?.answer();
  await world.settle();
  await drained;
  assert.equal(exchange.outcome, "answered");
});

test("a worker that is told twice to drain resolves both", async () => {
  const world = new World();
  const listener = world.listener();
  const worker = world.worker();
  listener.ask();
  await world.settle();
  const drains = [worker.receiver.drain(), worker.receiver.drain()];
  await world.pass(PULLS_END_MS);
  worker.application.runs[0]?.answer();
  await world.settle();
  await Promise.all(drains);
});

test("a worker whose connection breaks while it drains is drained, and takes nothing when it is back", async () => {
  const world = new World();
  const listener = world.listener();
  const worker = world.worker();
  const exchange = listener.ask();
  await world.settle();
  const drained = worker.receiver.drain();
  worker.connection.break();
  await world.settle();
  await drained;
  worker.connection.restore();
  await world.settle();
  assert.equal(exchange.state, "waiting");
  assert.equal(worker.receiver.running, 0);
});
