// What a worker's broken connection means: rule 4 of the receiver. Everything that was on its way may be
// lost, the end of an answer too, so the worker gives back whatever the listeners believe that it holds.

import assert from "node:assert/strict";
import { test } from "node:test";
import { CLAIM_WAIT_MS, LAST_CLAIM_WAIT_MS, LOOK_MS } from "./limits.ts";
import { World, type Asked } from "./test-support/world.ts";

async function running(asked: Asked = {}, slots = 4) {
  const world = new World();
  const listener = world.listener();
  const worker = world.worker("w1", slots);
  const exchange = listener.ask({ target: "/1", ...asked });
  await world.settle();
  const [run] = worker.application.runs;
  assert.ok(run);
  return { world, listener, worker, exchange, run };
}

test("requests in hand are cancelled at once, and go out again when the connection is back", async () => {
  const { world, worker, exchange, run } = await running();
  worker.connection.break();
  await world.settle();
  assert.equal(run.cancelled, true);
  assert.equal(worker.receiver.running, 0);
  worker.connection.restore();
  await world.settle();
  assert.equal(worker.application.runs.length, 2);
  worker.application.runs[1]?.answer();
  await world.settle();
  assert.equal(exchange.outcome, "answered");
});

test("what may not be repeated is answered with 502", async () => {
  const { world, worker, exchange } = await running({ method: "POST" });
  await world.breakConnection(worker);
  assert.equal(exchange.outcome, "Connection_Abandoned_By_ReqQueue");
});

test("an answer whose end was lost with the connection is not waited for", async () => {
  const { world, worker, exchange, run } = await running();
  run.answer();
  worker.connection.break();
  await world.settle();
  assert.equal(worker.receiver.running, 0);
  assert.equal(exchange.outcome, undefined);
  worker.connection.restore();
  await world.settle();
  worker.application.runs[1]?.answer();
  await world.settle();
  assert.equal(exchange.outcome, "answered");
  assert.equal(exchange.attempt, 2);
});

test("an answer that had begun and whose end was lost is cut", async () => {
  const { world, worker, exchange, run } = await running();
  run.begin(Buffer.from("half"));
  await world.settle();
  run.exchange.end([]);
  await world.breakConnection(worker);
  assert.equal(exchange.outcome, "cut");
});

test("a claim that was lost with the connection: what may be repeated runs again, the rest does not", async () => {
  const world = new World();
  const listener = world.listener();
  const worker = world.worker();
  const post = listener.ask({ method: "POST" });
  const get = listener.ask({ target: "/get" });
  while (worker.application.runs.length < 2) world.scheduler.step();
  worker.connection.break();
  await world.settle();
  worker.connection.restore();
  await world.pass(CLAIM_WAIT_MS + 2 * LOOK_MS + 100);
  assert.deepEqual([post.state, get.state], ["waiting", "claimed"]);
  await world.pass(LAST_CLAIM_WAIT_MS);
  assert.equal(post.outcome, "Connection_Abandoned_By_ReqQueue");
  assert.deepEqual(
    worker.application.runs.map(({ target }) => target),
    ["/", "/get", "/get"],
  );
});

test("no pull is lost with the connection: the worker takes again as much as before", async () => {
  const { world, listener, worker, run } = await running({}, 4);
  worker.connection.break();
  await world.settle();
  run.exchange.end([]);
  await world.pass(1000);
  worker.connection.restore();
  await world.settle();
  const exchanges = Array.from({ length: 3 }, () => listener.ask());
  await world.settle();
  assert.deepEqual(
    exchanges.map(({ state }) => state),
    ["claimed", "claimed", "claimed"],
  );
});

test("a worker that starts to receive while its connection is broken takes when it is back", async () => {
  const world = new World();
  const listener = world.listener();
  const worker = world.worker();
  worker.connection.break();
  await world.settle();
  const exchange = listener.ask();
  await world.settle();
  worker.connection.restore();
  await world.settle();
  assert.equal(exchange.state, "claimed");
});

test("what a worker takes on its new connection is not given back with the old", async () => {
  const { world, listener, worker } = await running();
  worker.connection.break();
  await world.settle();
  const later = listener.ask({ method: "POST", target: "/2" });
  await world.settle();
  worker.connection.restore();
  await world.settle();
  assert.equal(later.state, "claimed");
  const run = worker.application.runs.find(({ target }) => target === "/2");
  run?.answer();
  await world.settle();
  assert.equal(later.outcome, "answered");
});

test("two breaks in a row are as one", async () => {
  const { world, worker, exchange } = await running();
  worker.connection.break();
  worker.connection.restore();
  worker.connection.break();
  await world.settle();
  worker.connection.restore();
  await world.settle();
  worker.application.runs.at(-1)?.answer();
  await world.settle();
  assert.equal(exchange.outcome, "answered");
  assert.equal(worker.receiver.running, 0);
});
