// The listener's connection to the broker broke: rule 5 of the dispatcher, and step 11 of a request's life.

import assert from "node:assert/strict";
import { test } from "node:test";
import { BROKER_GRACE_MS, CLAIM_WAIT_MS, LAST_CLAIM_WAIT_MS, LOOK_MS } from "./limits.ts";
import { routedPool, World } from "./test-support/world.ts";

test("new requests wait for the broker, and go out when it is back", async () => {
  const world = new World();
  const listener = world.listener();
  const worker = world.worker();
  listener.connection.break();
  await world.settle();
  const exchange = listener.ask({ method: "POST" });
  await world.pass(BROKER_GRACE_MS - 1000);
  assert.equal(exchange.state, "waiting");
  listener.connection.restore();
  await world.settle();
  worker.application.runs[0]?.answer();
  await world.settle();
  assert.equal(exchange.outcome, "answered");
});

test("new requests are refused when the broker stays away for longer than the grace", async () => {
  const world = new World();
  const listener = world.listener();
  listener.connection.break();
  await world.pass(3000);
  const exchange = listener.ask();
  await world.pass(BROKER_GRACE_MS - 500);
  assert.equal(exchange.state, "waiting");
  await world.pass(1000);
  assert.equal(exchange.outcome, "QueueUnavailable");
  assert.equal(listener.dispatcher.leftovers, 0);
});

test("what waits in a queue of the same broker stays there and is taken", async () => {
  const world = new World();
  const listener = world.listener();
  const exchanges = [listener.ask({ method: "POST" }), listener.ask({ method: "GET" })];
  await world.settle();
  await world.breakConnection(listener);
  assert.equal(world.broker.queue("shop")?.depth, 2);
  const worker = world.worker();
  worker.application.behave = (run) => run.answer();
  await world.settle();
  assert.deepEqual(
    exchanges.map(({ outcome }) => outcome),
    ["answered", "answered"],
  );
  assert.equal(worker.application.runs.length, 2);
});

test("what waited in a queue that is gone goes out again, if it may be repeated", async () => {
  const world = new World();
  const listener = world.listener();
  const get = listener.ask({ method: "GET" });
  const post = listener.ask({ method: "POST" });
  await world.settle();
  await world.restartBroker();
  assert.equal(get.state, "waiting");
  assert.equal(post.outcome, "QueueUnavailable");
  world.worker().application.behave = (run) => run.answer();
  await world.pass(1000);
  assert.equal(get.outcome, "answered");
});

test("a request that a worker may have started before the broker was gone does not run again", async () => {
  const world = new World();
  const listener = world.listener();
  const worker = world.worker();
  const exchange = listener.ask({ method: "POST" });
  await world.settle();
  exchange.dispatcher.leave(exchange);
  const other = listener.ask({ method: "POST", target: "/other" });
  while (worker.application.runs.length < 2) world.scheduler.step();
  // It runs, and its claim is on its way.
  await world.restartBroker();
  await world.pass(1000);
  assert.equal(worker.application.runs.length, 2);
  assert.equal(other.outcome, "QueueUnavailable");
});

test("a queue that the controller has not made again yet is waited for", async () => {
  const world = new World();
  const listener = world.listener();
  const worker = world.worker();
  worker.application.behave = (run) => run.answer();
  await world.settle();
  worker.connection.break();
  const before = listener.ask();
  await world.settle();
  world.broker.restart();
  await world.settle();
  listener.connection.restore();
  worker.connection.restore();
  await world.settle();
  const after = listener.ask({ method: "POST" });
  await world.pass(2000);
  assert.deepEqual([before.state, after.state], ["waiting", "waiting"]);
  world.provision();
  await world.pass(1000);
  assert.deepEqual([before.outcome, after.outcome], ["answered", "answered"]);
});

test("a queue that is not made again is given up after the grace", async () => {
  const world = new World();
  const listener = world.listener();
  const exchange = listener.ask();
  await world.settle();
  world.broker.restart();
  await world.settle();
  listener.connection.restore();
  await world.pass(BROKER_GRACE_MS + 500);
  assert.equal(exchange.outcome, "QueueUnavailable");
  assert.equal(listener.dispatcher.leftovers, 0);
});

test("without a break a pool without a queue refuses at once", async () => {
  const world = new World();
  const listener = world.listener();
  world.broker.removeQueue("shop");
  await world.pass(BROKER_GRACE_MS);
  const exchange = listener.ask();
  await world.settle();
  assert.equal(exchange.outcome, "QueueUnavailable");
  assert.equal(exchange.detail, "the pool has no queue");
});

test("what was claimed counts as lost: repeated, answered with 502, or cut", async () => {
  const world = new World();
  const listener = world.listener();
  const worker = world.worker();
  const get = listener.ask({ method: "GET", target: "/get" });
  const post = listener.ask({ method: "POST", target: "/post" });
  const begun = listener.ask({ method: "GET", target: "/begun" });
  await world.settle();
  const runs = worker.application.runs.slice();
  runs[2]?.begin(Buffer.from("half"));
  await world.settle();
  worker.application.behave = (run) => run.answer();
  await world.breakConnection(listener);
  assert.equal(post.outcome, "Connection_Abandoned_By_ReqQueue");
  assert.equal(begun.outcome, "cut");
  assert.equal(get.outcome, "answered");
  assert.equal(get.attempt, 2);
  assert.deepEqual(
    runs.map(({ cancelled }) => cancelled),
    [true, true, true],
  );
});

test("a claim that was lost with the connection: what may be repeated goes out again", async () => {
  const world = new World();
  const listener = world.listener();
  const worker = world.worker();
  const exchange = listener.ask({ method: "GET" });
  await world.settle();
  listener.dispatcher.leave(exchange);
  const get = listener.ask({ method: "GET", target: "/get" });
  while (worker.application.runs.at(-1)?.target !== "/get") world.scheduler.step();
  listener.connection.break();
  await world.settle();
  assert.equal(get.state, "waiting");
  const first = worker.application.runs.at(-1);
  listener.connection.restore();
  await world.pass(CLAIM_WAIT_MS + 2 * LOOK_MS + 100);
  worker.application.runs.at(-1)?.answer();
  await world.settle();
  assert.equal(get.outcome, "answered");
  await world.pass(30_000, 500);
  assert.equal(first?.cancelled, true);
  assert.equal(worker.receiver.running, 0);
});

test("a claim that was lost with the connection: the answer that follows is believed", async () => {
  const world = new World();
  const listener = world.listener();
  const raw = world.rawWorker();
  const post = listener.ask({ method: "POST" });
  await world.settle();
  raw.pull(1);
  await world.settle();
  listener.connection.break();
  raw.claim(raw.takes[0]!);
  await world.settle();
  listener.connection.restore();
  await world.settle();
  assert.equal(post.state, "waiting");
  raw.head(raw.takes[0]!, { body: "made", end: true });
  await world.settle();
  assert.equal(post.outcome, "answered");
  assert.equal(post.body.toString(), "made");
});

test("a claim that was lost with the connection is repeated by a worker that hears nothing", async () => {
  const world = new World();
  const listener = world.listener();
  const worker = world.worker();
  const post = listener.ask({ method: "POST" });
  while (post.sequence === 0) world.scheduler.step();
  listener.connection.break();
  await world.settle();
  assert.equal(worker.application.runs.length, 1);
  listener.connection.restore();
  await world.pass(15_000, 500);
  assert.equal(post.state, "claimed");
  worker.application.runs[0]?.answer();
  await world.settle();
  assert.equal(post.outcome, "answered");
  assert.equal(worker.application.runs.length, 1);
});

test("a part of a body that was still to be sent is not sent when the part before it was lost", async () => {
  const world = new World();
  const listener = world.listener();
  const worker = world.worker();
  await world.settle();
  const stream = ["a", "b", "c", "d"].map((letter) => Buffer.alloc(700_000, letter));
  const exchange = listener.ask({ method: "POST", stream });
  while (exchange.state === "waiting") world.scheduler.step();
  // Two parts are on their way, the window is closed; the turn in which the third leaves ends after the break.
  world.scheduler.choose = (channels) => channels.find(({ name }) => name !== "turns of l1");
  await world.breakConnection(listener);
  world.scheduler.choose = undefined;
  await world.settle();
  assert.equal(exchange.outcome, "Connection_Abandoned_By_ReqQueue");
  assert.equal(worker.application.runs[0]?.received.length, 0);
  assert.equal(worker.application.runs[0]?.cancelled, true);
});

test("a claim and its whole answer that were lost with the connection are not waited for till the queue's limit", async () => {
  const world = new World();
  const listener = world.listener();
  const worker = world.worker();
  worker.application.behave = (run) => run.answer();
  const post = listener.ask({ method: "POST" });
  while (post.sequence === 0) world.scheduler.step();
  listener.connection.break();
  await world.settle();
  assert.equal(worker.application.runs.length, 1);
  listener.connection.restore();
  await world.pass(LAST_CLAIM_WAIT_MS);
  assert.equal(post.state, "waiting");
  await world.pass(2 * LOOK_MS + 100);
  assert.equal(post.outcome, "Connection_Abandoned_By_ReqQueue");
  assert.equal(worker.application.runs.length, 1);
});

test("an answer whose head was lost with the claim is a 502, not half an answer", async () => {
  const world = new World();
  const listener = world.listener();
  const raw = world.rawWorker();
  const post = listener.ask({ method: "POST" });
  await world.settle();
  raw.pull(1);
  await world.settle();
  listener.connection.break();
  raw.claim(raw.takes[0]!);
  raw.head(raw.takes[0]!);
  await world.settle();
  listener.connection.restore();
  await world.settle();
  raw.body(raw.takes[0]!, "rest");
  await world.settle();
  assert.equal(post.outcome, "Connection_Abandoned_By_ReqQueue");
  assert.deepEqual(raw.heardKinds, ["cancel"]);
});

test("a claim that is said again in the middle of its answer is a 502, not a wait for ever", async () => {
  const world = new World();
  const listener = world.listener();
  const worker = world.worker();
  const post = listener.ask({ method: "POST" });
  while (post.sequence === 0) world.scheduler.step();
  listener.connection.break();
  await world.settle();
  worker.application.runs[0]?.begin();
  await world.settle();
  listener.connection.restore();
  await world.pass(15_000, 500);
  assert.equal(post.outcome, "Connection_Abandoned_By_ReqQueue");
  assert.equal(worker.application.runs[0]?.cancelled, true);
});

test("a confirmation that was lost with the connection is not waited for", async () => {
  const world = new World();
  const listener = world.listener();
  const get = listener.ask({ method: "GET" });
  const post = listener.ask({ method: "POST" });
  while ((world.broker.queue("shop")?.depth ?? 0) < 2) world.scheduler.step();
  await world.breakConnection(listener);
  assert.deepEqual([get.state, post.state], ["waiting", "waiting"]);
  const worker = world.worker();
  worker.application.behave = (run) => run.answer();
  await world.settle();
  assert.deepEqual([get.outcome, post.outcome], ["answered", "answered"]);
  assert.equal(listener.dispatcher.leftovers, 0);
  const posts = worker.application.runs.filter(({ exchange }) => exchange.head.method === "POST");
  assert.equal(posts.length, 1);
});

test("what waited does not lose its place because the queue still holds it when it is put again", async () => {
  const world = new World(routedPool("shop", { queueLength: 2 }));
  const listener = world.listener();
  const exchanges = [listener.ask(), listener.ask()];
  while ((world.broker.queue("shop")?.depth ?? 0) < 2) world.scheduler.step();
  await world.breakConnection(listener);
  assert.deepEqual(
    exchanges.map(({ state }) => state),
    ["waiting", "waiting"],
  );
  const late = listener.ask();
  assert.equal(late.outcome, "QueueFull");
  world.worker().application.behave = (run) => run.answer();
  await world.pass(1000);
  assert.deepEqual(
    exchanges.map(({ outcome }) => outcome),
    ["answered", "answered"],
  );
  assert.equal(world.broker.queue("shop")?.depth, 0);
});

test("a queue that others filled meanwhile refuses in the end", async () => {
  const world = new World(routedPool("shop", { queueLength: 1 }));
  const listener = world.listener("l1");
  const other = world.listener("l2");
  listener.connection.break();
  await world.settle();
  const exchange = listener.ask();
  other.ask();
  await world.settle();
  listener.connection.restore();
  await world.pass(BROKER_GRACE_MS - 500);
  assert.equal(exchange.state, "waiting");
  await world.pass(1000);
  assert.equal(exchange.outcome, "QueueFull");
});

test("a client that leaves while the broker is away leaves nothing behind", async () => {
  const world = new World();
  const listener = world.listener();
  const known = listener.ask();
  await world.settle();
  const unknown = listener.ask();
  listener.connection.break();
  listener.dispatcher.leave(unknown);
  await world.settle();
  listener.dispatcher.leave(known);
  const unpublished = listener.ask();
  listener.dispatcher.leave(unpublished);
  listener.connection.restore();
  await world.pass(2 * LOOK_MS + 100);
  assert.equal(listener.dispatcher.leftovers, 0);
  assert.equal(world.broker.queue("shop")?.depth, 0);
});

test("a number from before a restart removes nothing after it", async () => {
  const world = new World(routedPool("shop", { queueTimeoutMs: 2000 }));
  const listener = world.listener("l1");
  const other = world.listener("l2");
  const post = listener.ask({ method: "POST" });
  await world.settle();
  assert.equal(post.sequence, 1);
  await world.restartBroker();
  const innocent = other.ask({ method: "POST" });
  await world.settle();
  assert.equal(innocent.sequence, 1);
  listener.dispatcher.leave(post);
  await world.pass(1000);
  assert.equal(world.broker.queue("shop")?.depth, 1);
});
