// Request bodies on their way from a client to an application.

import assert from "node:assert/strict";
import { test } from "node:test";
import { BODY_WINDOW, CREDIT_STEP } from "./limits.ts";
import { World, type Asked } from "./test-support/world.ts";

async function running(asked: Asked) {
  const world = new World();
  const listener = world.listener();
  const worker = world.worker();
  worker.application.behave = (each) => (each.greedy = false);
  const exchange = listener.ask({ method: "POST", ...asked });
  await world.settle();
  const [run] = worker.application.runs;
  assert.ok(run);
  return { world, listener, worker, exchange, run };
}

const chunks = (count: number, size: number): Buffer[] =>
  Array.from({ length: count }, (_, index) => Buffer.alloc(size, index % 251));

test("a body that rides along is complete from the start", async () => {
  const { world, exchange, run } = await running({ body: Buffer.from("hello") });
  assert.equal(run.exchange.bodyComplete, true);
  assert.equal(run.received.toString(), "hello");
  run.exchange.creditBody(5);
  run.answer();
  await world.settle();
  assert.equal(exchange.outcome, "answered");
});

test("a body that follows arrives in order, with its trailers, once the request is claimed", async () => {
  const stream = chunks(10, 1000);
  const { run } = await running({ body: Buffer.from("first"), stream, trailers: ["T", "1"] });
  assert.equal(run.exchange.bodyComplete, false);
  assert.ok(run.received.equals(Buffer.concat([Buffer.from("first"), ...stream])));
  assert.equal(run.bodyComplete, true);
  assert.deepEqual(run.trailers, ["T", "1"]);
});

test("a slow application slows the client, and no more than a window is under way", async () => {
  const stream = chunks(100, 100_000);
  const { world, exchange, run } = await running({ stream });
  assert.equal(run.received.length, Math.ceil(BODY_WINDOW / 100_000) * 100_000);
  assert.equal(run.bodyComplete, false);
  assert.ok(exchange.bodyWindow <= 0);
  for (let rounds = 0; rounds < 20 && !run.bodyComplete; rounds++) {
    run.consume();
    await world.settle();
    assert.ok(run.unread <= BODY_WINDOW + 100_000);
  }
  assert.equal(run.bodyComplete, true);
  assert.ok(run.received.equals(Buffer.concat(stream)));
});

test("credit is given in steps, not for every chunk", async () => {
  const { world, exchange, run } = await running({ stream: chunks(100, 100_000) });
  const closed = exchange.bodyWindow;
  run.exchange.creditBody(CREDIT_STEP - 1);
  await world.settle();
  assert.equal(exchange.bodyWindow, closed);
  run.exchange.creditBody(1);
  await world.settle();
  const sentMeanwhile = Math.ceil((closed + CREDIT_STEP) / 100_000) * 100_000;
  assert.equal(exchange.bodyWindow, closed + CREDIT_STEP - sentMeanwhile);
});

test("an early answer ends the exchange: the rest of the body is not sent", async () => {
  const { world, listener, worker, exchange, run } = await running({
    stream: chunks(100, 100_000),
  });
  run.answer();
  await world.settle();
  assert.equal(exchange.outcome, "answered");
  assert.equal(worker.receiver.running, 0);
  exchange.dispatcher.sendBody(exchange, Buffer.from("late"));
  exchange.dispatcher.sendBodyEnd(exchange, []);
  run.exchange.creditBody(BODY_WINDOW);
  await world.settle();
  assert.equal(run.received.includes("late"), false);
  assert.equal(listener.dispatcher.leftovers, 0);
});

test("an answer may begin before the body is complete, and both go on", async () => {
  const stream = chunks(50, 100_000);
  const { world, exchange, run } = await running({ stream });
  run.begin(Buffer.from("so far"));
  await world.settle();
  assert.equal(exchange.state, "answering");
  for (let rounds = 0; rounds < 10; rounds++) {
    run.consume();
    await world.settle();
  }
  assert.equal(run.bodyComplete, true);
  run.exchange.end([]);
  await world.settle();
  assert.equal(exchange.outcome, "answered");
});

for (const what of ["a part of its body", "the end of its body"]) {
  test(`a request of which ${what} comes while nobody has it fails, rather than run without it`, async () => {
    const { world, listener, exchange } = await running({ method: "PUT" });
    listener.dispatcher.workerEnded("shop", "w1", "exit code 1");
    assert.equal(exchange.state, "waiting");
    if (what.startsWith("a part")) exchange.dispatcher.sendBody(exchange, Buffer.from("x"));
    else exchange.dispatcher.sendBodyEnd(exchange, []);
    await world.settle();
    assert.equal(exchange.outcome, "Connection_Abandoned_By_ReqQueue");
    assert.equal(world.broker.queue("shop")?.depth, 0);
  });
}
