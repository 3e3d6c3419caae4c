// Who gets a request: rules 2 and 3 of the dispatcher, with workers that a test speaks for.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ClaimFlag, RequestFlag, ToListener } from "@penstock/wire";
import { CLAIM_WAIT_MS, LAST_CLAIM_WAIT_MS, LOOK_MS } from "./limits.ts";
import type { RawTake, RawWorker } from "./test-support/raw-worker.ts";
import { routedPool, World } from "./test-support/world.ts";

/** One request, taken by a raw worker and not claimed yet. */
async function taken(method = "GET") {
  const world = new World();
  const listener = world.listener();
  const exchange = listener.ask({ method });
  const raw = world.rawWorker("w1");
  raw.pull(10);
  await world.settle();
  const [take] = raw.takes;
  assert.ok(take);
  return { world, listener, exchange, raw, take };
}

/** The same request in the hands of another worker. */
const sameRequest = (take: RawTake, number = 77): RawTake => ({ ...take, take: number });

function forget(worker: RawWorker): void {
  worker.heard.length = 0;
}

test("the first claim is accepted, and nothing is said to a worker that does not ask", async () => {
  const { world, listener, exchange, raw, take } = await taken();
  await world.pass(300);
  raw.claim(take);
  await world.settle();
  assert.equal(exchange.state, "claimed");
  assert.equal(exchange.worker?.address.worker, "w1");
  assert.deepEqual(raw.heard, []);
  assert.deepEqual(listener.observer.waits, [300]);
  assert.deepEqual([listener.pool().waiting.size, listener.pool().running.size], [0, 1]);
});

test("a worker that asks is granted what it claimed", async () => {
  const { world, exchange, raw, take } = await taken();
  raw.ask(take);
  await world.settle();
  assert.equal(exchange.state, "claimed");
  assert.deepEqual(raw.heardKinds, ["grant"]);
  assert.deepEqual(
    [raw.heard[0]?.exchange, raw.heard[0]?.take],
    [take.envelope.exchange, take.take],
  );
});

test("a second claim of the same attempt is refused, and the first worker keeps the request", async () => {
  const { world, exchange, raw, take } = await taken();
  const other = world.rawWorker("w2");
  raw.claim(take);
  other.claim(sameRequest(take));
  await world.settle();
  assert.deepEqual(other.heardKinds, ["refuse"]);
  assert.equal(other.heard[0]?.take, 77);
  assert.deepEqual(raw.heard, []);
  assert.equal(exchange.worker?.address.worker, "w1");
  raw.head(take, { end: true });
  await world.settle();
  assert.equal(exchange.outcome, "answered");
});

test("a second claim by the same worker under another number is refused", async () => {
  const { world, exchange, raw, take } = await taken();
  raw.claim(take);
  raw.claim(sameRequest(take));
  await world.settle();
  assert.deepEqual(
    raw.heard.map(({ kind, take: number }) => [kind, number]),
    [["refuse", 77]],
  );
  assert.equal(exchange.take, take.take);
});

test("a claim that its own worker repeats is granted again and changes nothing", async () => {
  const { world, listener, exchange, raw, take } = await taken();
  raw.claim(take);
  raw.claim(take);
  await world.settle();
  assert.deepEqual(raw.heardKinds, ["grant"]);
  assert.equal(exchange.claims, 1);
  assert.equal(listener.observer.waits.length, 1);
  assert.equal(listener.pool().running.size, 1);
});

test("a claim of a request that is not there is refused", async () => {
  const { world, raw, take } = await taken();
  raw.frame(take, ToListener.claim, { exchange: 4_000_000_000 });
  await world.settle();
  assert.deepEqual(raw.heardKinds, ["refuse"]);
  assert.equal(raw.heard[0]?.exchange, 4_000_000_000);
});

test("a worker of another pool cannot claim, even with the right number", async () => {
  const world = new World(routedPool("shop"), routedPool("other"));
  const listener = world.listener();
  const exchange = listener.ask({ method: "POST" });
  const own = world.rawWorker("w1", "shop");
  const foreign = world.rawWorker("w1", "other");
  own.pull(1);
  await world.settle();
  const [take] = own.takes;
  assert.ok(take);
  foreign.claim(sameRequest(take, 1), ClaimFlag.answering);
  foreign.head(sameRequest(take, 1), { end: true });
  await world.settle();
  assert.deepEqual(foreign.heardKinds, ["refuse"]);
  assert.equal(exchange.state, "waiting");
  own.claim(take);
  await world.settle();
  assert.equal(exchange.state, "claimed");
});

test("what was taken and not claimed in time goes out again, and the first taker comes too late", async () => {
  const { world, listener, exchange, raw, take } = await taken("GET");
  await world.pass(CLAIM_WAIT_MS);
  assert.equal(raw.takes.length, 1);
  await world.pass(2 * LOOK_MS + 100);
  raw.pull(1);
  await world.settle();
  const again = raw.takes[1];
  assert.ok(again);
  assert.equal(again.envelope.flags, RequestFlag.grantRequired);
  assert.equal(again.envelope.attempt, 2);
  assert.equal(listener.observer.lines.length, 1);
  raw.claim(take);
  await world.settle();
  assert.deepEqual(raw.heardKinds, ["refuse"]);
  forget(raw);
  raw.ask(again);
  await world.settle();
  assert.deepEqual(raw.heardKinds, ["grant"]);
  assert.equal(exchange.take, again.take);
});

test("what may not be repeated is answered with 502 when nobody claimed it for long", async () => {
  const { world, exchange, raw, take } = await taken("POST");
  await world.pass(LAST_CLAIM_WAIT_MS);
  assert.equal(exchange.state, "waiting");
  await world.pass(2 * LOOK_MS + 100);
  assert.equal(exchange.outcome, "Connection_Abandoned_By_ReqQueue");
  raw.claim(take);
  await world.settle();
  assert.deepEqual(raw.heardKinds, ["refuse"]);
  assert.equal(raw.takes.length, 1);
});

test("what may not be repeated is in good hands with a worker that claims it late", async () => {
  const { world, exchange, raw, take } = await taken("POST");
  await world.pass(LAST_CLAIM_WAIT_MS - LOOK_MS);
  raw.ask(take);
  await world.settle();
  assert.deepEqual(raw.heardKinds, ["grant"]);
  raw.head(take, { end: true });
  await world.settle();
  assert.equal(exchange.outcome, "answered");
});

test("what is lost again and again is given up when its attempts are over", async () => {
  const { world, exchange, raw } = await taken("GET");
  for (let attempt = 1; attempt < 3; attempt++) {
    await world.pass(CLAIM_WAIT_MS + 2 * LOOK_MS + 100);
    raw.pull(1);
  }
  await world.pass(CLAIM_WAIT_MS + 2 * LOOK_MS + 500);
  assert.equal(raw.takes.length, 3);
  assert.equal(exchange.outcome, "Connection_Abandoned_By_ReqQueue");
});

test("what waits in its queue is not given up, however long it does", async () => {
  const world = new World();
  const listener = world.listener();
  const exchange = listener.ask();
  const post = listener.ask({ method: "POST" });
  await world.pass(2 * LAST_CLAIM_WAIT_MS);
  assert.deepEqual([exchange.state, post.state], ["waiting", "waiting"]);
  assert.equal(exchange.attempt, 1);
  const worker = world.worker();
  worker.application.behave = (run) => run.answer();
  await world.settle();
  assert.deepEqual([exchange.outcome, post.outcome], ["answered", "answered"]);
});

test("a claim with the number of an earlier attempt is refused", async () => {
  const { world, listener, exchange, raw, take } = await taken("GET");
  raw.claim(take);
  await world.settle();
  listener.dispatcher.workerEnded("shop", "w1", "exit 1");
  await world.settle();
  forget(raw);
  raw.claim(sameRequest(take));
  await world.settle();
  assert.deepEqual(raw.heardKinds, ["refuse"]);
  assert.equal(exchange.state, "waiting");
  assert.equal(exchange.attempt, 2);
});

test("two requests never share a number, and none has the number 0", async () => {
  const world = new World(routedPool("shop", { queueLength: 1000 }));
  const listener = world.listener();
  const ids = new Set(Array.from({ length: 500 }, () => listener.ask().id));
  assert.equal(ids.size, 500);
  assert.ok(!ids.has(0));
});
