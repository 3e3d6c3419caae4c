// What becomes of requests whose worker is gone: rule 4 of the dispatcher.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ToListener } from "@penstock/wire";
import {
  LAST_ORPHAN_CLAIM_WAIT_MS,
  LOOK_MS,
  ORPHAN_CLAIM_WAIT_MS,
  PROBE_INTERVAL_MS,
  PROBES_UNTIL_LOST,
} from "./limits.ts";
import { routedPool, World, type Asked } from "./test-support/world.ts";

const LOST_MS = PROBE_INTERVAL_MS * (PROBES_UNTIL_LOST + 1);

async function running(asked: Asked = {}) {
  const world = new World(
    routedPool("shop", { delivery: { redispatch: "idempotent", maxAttempts: 3 } }),
  );
  const listener = world.listener();
  const worker = world.worker("w1", 4);
  const exchange = listener.ask({ target: "/1", ...asked });
  await world.settle();
  const [run] = worker.application.runs;
  assert.ok(run);
  return { world, listener, worker, exchange, run };
}

test("a request that may be repeated goes to another worker, which answers it", async () => {
  const { world, listener, worker, exchange } = await running();
  const other = world.worker("w2");
  worker.crash();
  listener.dispatcher.workerEnded("shop", "w1", "exit code 1");
  await world.settle();
  other.application.runs[0]?.answer();
  await world.settle();
  assert.equal(exchange.outcome, "answered");
  assert.equal(exchange.attempt, 2);
  assert.equal(exchange.body.toString(), "/1");
  assert.deepEqual(listener.observer.lines, ["shop redispatched: exit code 1"]);
});

test("a request that may not be repeated is answered with 502", async () => {
  const { world, listener, worker, exchange } = await running({ method: "POST" });
  const other = world.worker("w2");
  worker.crash();
  listener.dispatcher.workerEnded("shop", "w1", "exit code 1");
  await world.settle();
  assert.equal(exchange.outcome, "Connection_Abandoned_By_ReqQueue");
  assert.equal(exchange.detail, "exit code 1");
  assert.equal(other.application.runs.length, 0);
});

test("a request whose body was sent already cannot be repeated", async () => {
  const { world, listener, worker, exchange } = await running({
    method: "PUT",
    stream: [Buffer.from("body")],
  });
  worker.crash();
  listener.dispatcher.workerEnded("shop", "w1", "exit code 1");
  await world.settle();
  assert.equal(exchange.outcome, "Connection_Abandoned_By_ReqQueue");
});

test("an answer that had begun is cut, whatever the method", async () => {
  const { world, listener, worker, exchange, run } = await running();
  run.begin(Buffer.from("half"));
  await world.settle();
  worker.crash();
  listener.dispatcher.workerEnded("shop", "w1", "exit code 1");
  await world.settle();
  assert.equal(exchange.outcome, "cut");
  assert.deepEqual(listener.observer.lines, ["shop broken off: exit code 1"]);
});

test("after maxAttempts a request is answered with 502", async () => {
  const world = new World();
  const listener = world.listener();
  const exchange = listener.ask();
  for (const name of ["w1", "w2", "w3"]) {
    assert.equal(exchange.state, "waiting");
    const worker = world.worker(name);
    await world.settle();
    assert.equal(worker.application.runs.length, 1);
    worker.crash();
    listener.dispatcher.workerEnded("shop", name, "exit code 1");
    await world.settle();
  }
  assert.equal(exchange.attempt, 3);
  assert.equal(exchange.outcome, "Connection_Abandoned_By_ReqQueue");
});

test("a worker of which nobody says that it ended is found out by probes", async () => {
  const { world, worker, exchange } = await running();
  const other = world.worker("w2");
  worker.crash();
  await world.pass(PROBE_INTERVAL_MS);
  assert.equal(exchange.state, "claimed");
  await world.pass(LOST_MS);
  assert.equal(other.application.runs.length, 1);
});

test("a silent worker that is there is left alone", async () => {
  const { world, worker, exchange, run } = await running();
  await world.pass(60_000, 500);
  assert.equal(exchange.state, "claimed");
  assert.equal(run.cancelled, false);
  run.answer();
  await world.settle();
  assert.equal(exchange.outcome, "answered");
  assert.equal(worker.application.runs.length, 1);
});

test("the loss of one worker touches no request of another", async () => {
  const world = new World();
  const listener = world.listener();
  const one = world.worker("w1", 1);
  const other = world.worker("w2", 1);
  const exchanges = [listener.ask({ method: "POST" }), listener.ask({ method: "POST" })];
  await world.settle();
  assert.deepEqual([one.receiver.running, other.receiver.running], [1, 1]);
  one.crash();
  listener.dispatcher.workerEnded("shop", "w1", "exit code 1");
  other.application.runs[0]?.answer();
  await world.settle();
  assert.deepEqual(
    exchanges.map(({ outcome }) => String(outcome)).toSorted((a, b) => a.localeCompare(b)),
    ["answered", "Connection_Abandoned_By_ReqQueue"],
  );
});

test("workers of two pools may have one name", async () => {
  const world = new World(routedPool("shop"), routedPool("other"));
  const listener = world.listener();
  world.worker("w1", 4, "shop");
  const other = world.worker("w1", 4, "other");
  listener.ask({ method: "POST", pool: "shop" });
  const kept = listener.ask({ method: "POST", pool: "other" });
  await world.settle();
  listener.dispatcher.workerEnded("shop", "w1", "exit code 1");
  await world.settle();
  assert.equal(kept.state, "claimed");
  other.application.runs[0]?.answer();
  await world.settle();
  assert.equal(kept.outcome, "answered");
});

test("the end of a worker that holds nothing here, or is not known, changes nothing", async () => {
  const { world, listener, exchange } = await running();
  listener.dispatcher.workerEnded("shop", "stranger", "");
  listener.dispatcher.workerEnded("nowhere", "w1", "");
  await world.settle();
  assert.equal(exchange.state, "claimed");
});

test("what comes back from a lost worker stands before what was admitted later", async () => {
  const world = new World();
  const listener = world.listener();
  const worker = world.worker("w1", 1);
  const first = listener.ask();
  await world.pass(100);
  const second = listener.ask();
  await world.settle();
  worker.crash();
  listener.dispatcher.workerEnded("shop", "w1", "exit code 1");
  assert.deepEqual(listener.pool().waiting.toArray(), [first, second]);
});

test("a worker that gives a request back loses it to another", async () => {
  const world = new World();
  const listener = world.listener();
  const exchange = listener.ask();
  const raw = world.rawWorker("w1");
  raw.pull(1);
  await world.settle();
  raw.claim(raw.takes[0]!);
  raw.frame(raw.takes[0]!, ToListener.abandon);
  await world.settle();
  assert.equal(exchange.state, "waiting");
  assert.equal(exchange.attempt, 2);
});

test("a worker that is thought lost and speaks again is not believed, and told to stop", async () => {
  const { world, listener, exchange, run } = await running();
  listener.dispatcher.workerEnded("shop", "w1", "exit code 1");
  world.worker("w2");
  await world.settle();
  run.begin(Buffer.from("late"));
  await world.settle();
  assert.equal(exchange.body.length, 0);
  assert.equal(exchange.state, "claimed");
  await world.pass(30_000, 500);
  assert.equal(run.cancelled, true);
});

test("what a lost worker took and never claimed goes out again soon, or is answered with 502", async () => {
  const world = new World();
  const listener = world.listener();
  const raw = world.rawWorker("w1");
  raw.pull(2);
  const get = listener.ask();
  const post = listener.ask({ method: "POST" });
  await world.settle();
  assert.equal(raw.takes.length, 2);
  raw.connection.end();
  listener.dispatcher.workerEnded("shop", "w1", "SIGKILL");
  world.worker("w2").application.behave = (run) => run.answer();
  await world.pass(ORPHAN_CLAIM_WAIT_MS + 2 * LOOK_MS);
  assert.equal(get.outcome, "answered");
  assert.equal(post.state, "waiting");
  await world.pass(LAST_ORPHAN_CLAIM_WAIT_MS);
  assert.equal(post.outcome, "Connection_Abandoned_By_ReqQueue");
});
