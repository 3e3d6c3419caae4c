// Answers on their way from an application to a client, through both ends of the protocol.

import assert from "node:assert/strict";
import { test } from "node:test";
import { BODY_WINDOW, FIRST_WINDOW, WINDOW_GROWS_AFTER } from "./limits.ts";
import { World, type Asked } from "./test-support/world.ts";

/** One request inside an application. */
async function running(asked: Asked = {}) {
  const world = new World();
  const listener = world.listener();
  const worker = world.worker();
  const exchange = listener.ask(asked);
  await world.settle();
  const [run] = worker.application.runs;
  assert.ok(run);
  return { world, listener, worker, exchange, run };
}

const pattern = (length: number): Buffer =>
  Buffer.from(Uint8Array.from({ length }, (_, index) => index % 251));

test("a small answer arrives whole, and the slot is free", async () => {
  const { world, worker, exchange, run } = await running({ target: "/a?b" });
  assert.equal(run.target, "/a?b");
  assert.deepEqual(run.exchange.head.rawHeaders, ["X-Id", "/a?b"]);
  run.exchange.respond(
    { status: 404, statusMessage: "Not Found", rawHeaders: ["A", "1", "B", "é", "A", ""] },
    Buffer.from("no"),
    true,
  );
  await world.settle();
  assert.equal(exchange.outcome, "answered");
  assert.equal(exchange.status, 404);
  assert.deepEqual(exchange.lines, ["Not Found", "A", "1", "B", "é", "A", ""]);
  assert.equal(exchange.body.toString(), "no");
  assert.equal(worker.receiver.running, 0);
});

test("an answer without reason phrase, fields and body is one too", async () => {
  const { world, exchange, run } = await running();
  run.exchange.respond({ status: 204, statusMessage: "", rawHeaders: [] }, undefined, true);
  await world.settle();
  assert.deepEqual([exchange.status, exchange.lines, exchange.outcome], [204, [""], "answered"]);
});

test("an answer in parts arrives in order, with its trailers", async () => {
  const { world, exchange, run } = await running();
  run.begin(Buffer.from("a"));
  await world.settle();
  assert.equal(exchange.state, "answering");
  run.exchange.write(Buffer.from("b"));
  run.exchange.write(Buffer.from("c"));
  await world.settle();
  run.exchange.end(["T", "1"]);
  await world.settle();
  assert.equal(exchange.body.toString(), "abc");
  assert.deepEqual(exchange.trailers, ["T", "1"]);
  assert.equal(exchange.outcome, "answered");
});

test("a large answer arrives whole, in frames", async () => {
  const { world, exchange, run } = await running();
  const body = pattern(10_000_000);
  run.exchange.respond({ status: 200, statusMessage: "OK", rawHeaders: [] }, body, true);
  await world.settle();
  assert.equal(exchange.outcome, "answered");
  assert.ok(exchange.body.equals(body));
});

test("a slow client slows the application, and no more than a window is under way", async () => {
  const { world, exchange, run } = await running();
  exchange.slow = true;
  run.begin();
  const chunk = pattern(100_000);
  let written = 0;
  while (run.exchange.write(chunk)) written += chunk.length;
  written += chunk.length;
  await world.settle();
  assert.equal(exchange.unread, FIRST_WINDOW);
  assert.ok(written - FIRST_WINDOW < chunk.length);
  assert.equal(run.windows, 0);
  exchange.consume();
  await world.settle();
  assert.equal(run.windows, 1);
  assert.equal(run.exchange.write(chunk), true);
  run.exchange.end([]);
  await world.settle();
  exchange.consume();
  assert.equal(exchange.body.length, written + chunk.length);
  assert.equal(exchange.outcome, "answered");
});

test("a client that has taken much has the whole window under way", async () => {
  const { world, exchange, run } = await running();
  run.begin();
  const chunk = pattern(100_000);
  for (let written = 0; written < WINDOW_GROWS_AFTER + FIRST_WINDOW; written += chunk.length) {
    run.exchange.write(chunk);
    await world.settle();
  }
  exchange.slow = true;
  while (run.exchange.write(chunk));
  await world.settle();
  assert.ok(exchange.unread > BODY_WINDOW / 2 && exchange.unread <= BODY_WINDOW);
  exchange.consume();
  run.exchange.end([]);
  await world.settle();
  assert.equal(exchange.outcome, "answered");
});

test("what the application hands over while the window is closed is kept and goes first", async () => {
  const { world, exchange, run } = await running();
  exchange.slow = true;
  run.begin();
  run.exchange.write(pattern(FIRST_WINDOW));
  assert.equal(run.exchange.write(Buffer.from("one")), false);
  assert.equal(run.exchange.write(Buffer.from("two")), false);
  run.exchange.end(["T", "1"]);
  await world.settle();
  assert.equal(exchange.body.length, FIRST_WINDOW);
  assert.equal(exchange.outcome, undefined);
  exchange.consume();
  await world.settle();
  assert.equal(exchange.body.toString("latin1", FIRST_WINDOW), "onetwo");
  assert.deepEqual(exchange.trailers, ["T", "1"]);
});

test("a chunk that the application overwrites after its write arrives as it was", async () => {
  const { world, exchange, run } = await running();
  exchange.slow = true;
  run.begin();
  run.exchange.write(pattern(FIRST_WINDOW));
  const chunk = Buffer.from("kept");
  run.exchange.write(chunk);
  chunk.fill("x");
  run.exchange.end([]);
  await world.settle();
  exchange.consume();
  await world.settle();
  assert.equal(exchange.body.toString("latin1", FIRST_WINDOW), "kept");
});

test("credit is given in steps, not for every chunk", async () => {
  const { world, exchange, run } = await running();
  exchange.slow = true;
  run.begin();
  run.exchange.write(pattern(FIRST_WINDOW));
  await world.settle();
  assert.equal(run.exchange.write(pattern(1)), false);
  exchange.unread -= FIRST_WINDOW / 4 - 1;
  exchange.dispatcher.credit(exchange, FIRST_WINDOW / 4 - 1);
  await world.settle();
  assert.equal(run.windows, 0);
  exchange.unread -= 1;
  exchange.dispatcher.credit(exchange, 1);
  await world.settle();
  assert.equal(run.windows, 1);
});

test("an application that breaks off before its head is a bad gateway, with its words for the log only", async () => {
  const { world, listener, worker, exchange, run } = await running();
  run.exchange.reset("it threw: é");
  await world.settle();
  assert.equal(exchange.outcome, "BadGatewayResponse");
  assert.deepEqual(listener.observer.lines, ["shop rejected BadGatewayResponse it threw: é"]);
  assert.equal(worker.receiver.running, 0);
});

test("an application that breaks off after its head cuts the client's connection", async () => {
  const { world, listener, exchange, run } = await running();
  run.begin(Buffer.from("half"));
  run.exchange.reset("it threw");
  await world.settle();
  assert.equal(exchange.outcome, "cut");
  assert.equal(exchange.body.toString(), "half");
  assert.deepEqual(listener.observer.lines, ["shop broken off: it threw"]);
});

test("after the end of an answer nothing that the application does has an effect", async () => {
  const { world, exchange, run } = await running();
  run.answer();
  run.answer();
  assert.equal(run.exchange.write(pattern(10)), true);
  run.exchange.end(["T", "1"]);
  run.exchange.reset("late");
  run.exchange.creditBody(1_000_000);
  await world.settle();
  assert.equal(exchange.outcome, "answered");
  assert.equal(exchange.body.toString(), "/");
});

test("a head that is not valid HTTP is a bad gateway, and its worker is told once", async () => {
  const { world, worker, exchange, run } = await running();
  exchange.refusesHead = true;
  run.begin();
  await world.settle();
  assert.equal(exchange.outcome, "BadGatewayResponse");
  assert.equal(run.cancelled, true);
  assert.equal(worker.receiver.running, 0);
});

test("an answer longer than its header promised is cut, and its worker is told", async () => {
  const { world, worker, exchange, run } = await running();
  run.begin(Buffer.from("a"));
  await world.settle();
  exchange.during = () => exchange.dispatcher.overrun(exchange);
  run.exchange.write(Buffer.from("b"));
  await world.settle();
  assert.equal(exchange.outcome, "cut");
  assert.equal(run.cancelled, true);
  assert.equal(worker.receiver.running, 0);
});

for (const end of [false, true]) {
  test(`an answer that turns out too long in its head, ${end ? "the last" : "a first"} frame, is cut once`, async () => {
    const { world, listener, exchange, run } = await running();
    exchange.during = () => exchange.dispatcher.overrun(exchange);
    run.exchange.respond(
      { status: 200, statusMessage: "", rawHeaders: [] },
      Buffer.from("toolong"),
      end,
    );
    await world.settle();
    assert.equal(exchange.outcome, "cut");
    assert.equal(listener.pool().running.size, 0);
    assert.equal(listener.dispatcher.leftovers, 0);
  });
}

test("a client that leaves in the middle of its head leaves nothing behind", async () => {
  const { world, listener, worker, exchange, run } = await running();
  exchange.during = () => exchange.dispatcher.leave(exchange);
  run.begin(Buffer.from("a"));
  await world.settle();
  assert.equal(listener.pool().running.size, 0);
  assert.equal(listener.dispatcher.leftovers, 0);
  assert.equal(run.cancelled, true);
  assert.equal(worker.receiver.running, 0);
});

test("a header larger than a message can be is a reset, not a crash", async () => {
  const { world, exchange, run } = await running();
  const rawHeaders = ["A", "x".repeat(2_000_000)];
  run.exchange.respond({ status: 200, statusMessage: "OK", rawHeaders }, undefined, true);
  await world.settle();
  assert.equal(exchange.outcome, "BadGatewayResponse");
  assert.match(exchange.detail, /header/);
});

test("trailers larger than a message can be cut the answer", async () => {
  const { world, exchange, run } = await running();
  run.begin(Buffer.from("a"));
  run.exchange.end(["A", "x".repeat(2_000_000)]);
  await world.settle();
  assert.equal(exchange.outcome, "cut");
});
