// The way of a request through the walls: everything that Penstock's processes need to do works with the
// rights that they have, on a real broker.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PoolSignals } from "@penstock/nats-administration";
import { ListenerSignals, reportSender, RoutingFeed } from "@penstock/nats-request-queue";
import {
  renewalSubject,
  type ListenerLoad,
  type PoolEvent,
  type RoutingRecord,
  type WorkerReport,
} from "@penstock/wire";
import { startTestBroker, type TestBroker } from "./test-support/broker.ts";
import {
  startListenerEnd,
  startWorkerEnd,
  until,
  type ListenerEnd,
  type WorkerEnd,
} from "./test-support/ends.ts";
import { poolOf, provisionPool } from "./test-support/pool.ts";

// A pool's name may hold a dot, a worker's is made of it.
const POOL = "shop.v2";

let broker: TestBroker;
let listener: ListenerEnd;
let worker: WorkerEnd;

before(async () => {
  broker = await startTestBroker();
  await provisionPool(broker, POOL, { queueLength: 5 });
  listener = await startListenerEnd(broker, "l1");
  worker = await startWorkerEnd(broker, POOL, `${POOL}-1`);
});

after(async () => {
  await worker[Symbol.asyncDispose]();
  await listener[Symbol.asyncDispose]();
  await broker[Symbol.asyncDispose]();
});

test("a request is stored, taken and answered, and the worker is steered", async () => {
  listener.transport.publish(POOL, 7, Buffer.from("request seven"), true);
  await until("the publish is acknowledged", () => listener.published.has(7));
  worker.transport.pull(4);
  await until("it is delivered", () => worker.deliveries.length === 1);
  const [delivery] = worker.deliveries;
  assert(delivery);
  assert.equal(delivery, "request seven");
  worker.transport.send("l1", Buffer.from("claim"));
  worker.transport.send("l1", Buffer.from("answer"));
  await until("the answer is here", () => listener.frames.length === 2);
  assert.deepEqual(
    listener.frames.map(({ text }) => text),
    ["claim", "answer"],
  );
  const [{ from }] = listener.frames as [(typeof listener.frames)[0]];
  assert.deepEqual([from.pool, from.worker], [POOL, worker.id]);
  listener.transport.send(from, Buffer.from("grant"));
  await until("the worker hears", () => worker.frames.includes("grant"));
  await until("the queue is empty", async () => (await broker.queues.depth(POOL))?.messages === 0);
  assert.deepEqual([worker.failures, listener.failures], [[], []]);
});

test("one pull brings many requests, and what was given has left the queue", async () => {
  for (let i = 0; i < 3; i++)
    listener.transport.publish(POOL, 20 + i, Buffer.from(`batch ${i}`), true);
  await until("three more are delivered", () => worker.deliveries.length === 4);
  await until("the queue is empty", async () => (await broker.queues.depth(POOL))?.messages === 0);
});

test("a waiting request is removed by its sequence, and a full queue refuses", async () => {
  for (let i = 0; i < 6; i++) listener.transport.publish(POOL, 30 + i, Buffer.from("wait"), true);
  await until("the sixth is refused", () => listener.refused.has(35));
  assert.deepEqual(listener.refused.get(35), { kind: "full" });
  for (let i = 0; i < 5; i++) listener.transport.remove(POOL, listener.published.get(30 + i) ?? 0);
  await until("the queue is empty", async () => (await broker.queues.depth(POOL))?.messages === 0);
});

test("a listener sees the oldest of its own requests that waits", async () => {
  assert.equal(await listener.transport.look(POOL, 0), "none");
  await using other = await startListenerEnd(broker, "l2");
  other.transport.publish(POOL, 36, Buffer.from("another's"), true);
  await until("it is stored", () => other.published.has(36));
  listener.transport.publish(POOL, 37, Buffer.from("its own"), true);
  await until("it is stored", () => listener.published.has(37));
  const view = await listener.transport.look(POOL, 0);
  assert(typeof view === "object");
  assert.equal(Buffer.from(view.envelope).toString(), "its own");
  assert.equal(view.sequence, listener.published.get(37));
  listener.transport.remove(POOL, view.sequence);
  listener.transport.remove(POOL, other.published.get(36) ?? 0);
  await until("the queue is empty", async () => (await broker.queues.depth(POOL))?.messages === 0);
});

test("a worker that stops pulling, or whose connection ends, takes nothing that waits for others", async () => {
  await using stopping = await startWorkerEnd(broker, POOL, "stops");
  await worker.transport.stopPulling();
  stopping.transport.pull(5);
  await stopping.link.connection.flush();
  await stopping.transport.stopPulling();
  const ending = await startWorkerEnd(broker, POOL, "ends");
  ending.transport.pull(5);
  await ending.link.connection.flush();
  await ending[Symbol.asyncDispose]();
  for (let i = 0; i < 4; i++) listener.transport.publish(POOL, 50 + i, Buffer.from("x"), true);
  await until("they are stored", () => listener.published.has(53));
  assert.equal((await broker.queues.depth(POOL))?.messages, 4);
  const had = worker.deliveries.length;
  worker.transport.pull(4);
  await until("another gets them", () => worker.deliveries.length === had + 4);
});

test("a publish to a pool that has no queue is refused at once", async () => {
  listener.transport.publish("nowhere", 40, Buffer.from("x"), true);
  await until("it is refused", () => listener.refused.has(40));
  assert.equal(listener.refused.get(40)?.kind, "unavailable");
});

test("a probe finds a worker that listens and says no where none does", async () => {
  const [{ from }] = listener.frames as [(typeof listener.frames)[0]];
  assert.equal(await listener.transport.probe(from), true);
  const gone = await startWorkerEnd(broker, POOL, "gone");
  gone.transport.send("l1", Buffer.from("hello"));
  await until("it is heard", () => listener.frames.some(({ text }) => text === "hello"));
  const address = listener.frames.at(-1)!.from;
  assert.equal(await listener.transport.probe(address), true);
  await gone[Symbol.asyncDispose]();
  await until("it is gone", async () => !(await listener.transport.probe(address)));
});

test("a listener reads the routing bucket and follows its changes", async () => {
  const tables: RoutingRecord[] = [];
  const states: string[] = [];
  await broker.routing.publishTable([poolOf("first")]);
  using feed = await RoutingFeed.follow(listener.link, {
    table: (record) => tables.push(record),
    state: (pool, { state }) => states.push(`${pool} ${state}`),
    failed: (what, cause) => assert.fail(`${what}: ${String(cause)}`),
  });
  assert.deepEqual(
    tables.map(({ pools }) => pools.map(({ name }) => name)),
    [["first"]],
  );
  await broker.routing.publishState("first", { state: "offline", detail: "crashes" });
  await broker.routing.publishTable([poolOf("first"), poolOf("second")]);
  await until("the change is here", () => tables.length === 2 && states.length === 1);
  assert.deepEqual(states, ["first offline"]);
  assert(feed);
});

test("reports, load, events, demand and renewals pass between controller and others", async () => {
  const signals = new PoolSignals(broker.controller);
  const reports: [string, string, WorkerReport][] = [];
  const loads: [string, ListenerLoad][] = [];
  const events: [string, PoolEvent][] = [];
  const renewed: string[] = [];
  let arrivals = 0;
  signals.onWorkerReport((pool, id, report) => reports.push([pool, id, report]));
  signals.onListenerLoad((name, load) => loads.push([name, load]));
  const voice = new ListenerSignals(listener.link, "l1");
  voice.onPoolEvent((pool, event) => events.push([pool, event]));
  worker.link.subscribe(renewalSubject(POOL, worker.id), (message) =>
    renewed.push(message.string()),
  );
  await signals.watchDemand(POOL, () => arrivals++);
  await Promise.all([
    broker.controller.connection.flush(),
    listener.link.connection.flush(),
    worker.link.connection.flush(),
  ]);

  reportSender(worker.link, POOL, worker.id)({ state: "ready", running: 0, taken: 4, busyMs: 0 });
  voice.sendLoad({ complete: true, pools: [] });
  signals.tell(POOL, { kind: "startTimedOut" });
  broker.controller.connection.publish(renewalSubject(POOL, worker.id), "token");
  listener.transport.publish(POOL, 50, Buffer.from("arrival"), true);
  await until(
    "all five arrived",
    () => reports.length && loads.length && events.length && renewed.length && arrivals,
  );
  assert.deepEqual(reports, [
    [POOL, worker.id, { state: "ready", running: 0, taken: 4, busyMs: 0 }],
  ]);
  assert.deepEqual(loads, [["l1", { complete: true, pools: [] }]]);
  assert.deepEqual(events, [[POOL, { kind: "startTimedOut" }]]);
  assert.deepEqual(renewed, ["token"]);
  assert.equal(arrivals, 1);
});

test("nobody was denied anything and the broker did not complain", () => {
  assert.deepEqual(worker.failures, []);
  assert.deepEqual(listener.failures, []);
  assert.deepEqual(broker.complaints, []);
});
