// The controller's hands on the broker, against a real nats-server: one for the file, a pool for each test.

import assert from "node:assert/strict";
import { once, EventEmitter } from "node:events";
import { after, before, test } from "node:test";
import type { NatsLink } from "@penstock/nats-connection";
import {
  decodeRoutingRecord,
  encodeJson,
  loadSubject,
  poolEventSubject,
  poolStateKey,
  requestSubject,
  ROUTING_BUCKET,
  ROUTING_KEY,
  STANDING_BUCKET,
  workerReportSubject,
} from "@penstock/wire";
import { untouched, type PoolStanding } from "@penstock/activation";
import { LeaseStore } from "./lease-store.ts";
import type { RecordedEvent } from "@penstock/domain";
import { EventStore } from "./event-store.ts";
import { PoolSignals } from "./pool-signals.ts";
import { QueueAdministration } from "./queue-administration.ts";
import { RoutingStore } from "./routing-store.ts";
import { StandingStore } from "./standing-store.ts";
import { connectToBroker, givenPool } from "./test-support/broker.ts";

const stack = new AsyncDisposableStack();
let link: NatsLink;
let queues: QueueAdministration;

before(async () => {
  link = await connectToBroker(stack);
  queues = await QueueAdministration.open(link);
});
after(() => stack.disposeAsync());

async function put(pool: string): Promise<{ seq?: number; error?: { err_code: number } }> {
  const answer = await link.connection.request(requestSubject(pool, "l1"), "x", { timeout: 2000 });
  return answer.json();
}

test("provisioning twice leaves what waits in the queue", async () => {
  await queues.provision(givenPool("twice"));
  await put("twice");
  await queues.provision(givenPool("twice"));
  const depth = await queues.depth("twice");
  assert.equal(depth?.messages, 1);
  assert.ok(depth.oldestAgeMs >= 0);
});

test("a changed queueLength holds for the queue that stands, and what waits stays", async () => {
  await queues.provision(givenPool("shorter"));
  await put("shorter");
  await queues.provision(givenPool("shorter", { queueLength: 1 }));
  assert.equal((await put("shorter")).error?.err_code, 10_077);
  assert.equal((await queues.depth("shorter"))?.messages, 1);
});

test("a request that waited longer than queueTimeout leaves the queue", async () => {
  await queues.provision(givenPool("brief", { queueTimeoutMs: 200 }));
  await put("brief");
  const limit = Date.now() + 5000;
  while ((await queues.depth("brief"))?.messages !== 0 && Date.now() < limit) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.equal((await queues.depth("brief"))?.messages, 0);
});

test("pools are found again by their own names, whatever characters those have", async () => {
  await queues.provision(givenPool("a.b-c_d"));
  assert.ok((await queues.pools()).includes("a.b-c_d"));
  assert.equal((await put("a.b-c_d")).seq, 1);
});

test("a removed pool has no queue; removing it twice does no harm", async () => {
  await queues.provision(givenPool("gone"));
  await queues.remove("gone");
  await queues.remove("gone");
  assert.equal(await queues.depth("gone"), undefined);
  assert.ok(!(await queues.pools()).includes("gone"));
});

test("the routing table is one value that listeners can read directly", async () => {
  const routing = await RoutingStore.open(link);
  await routing.publishTable([givenPool("shop"), givenPool("blog")]);
  const answer = await link.connection.request(
    `$JS.API.DIRECT.GET.KV_${ROUTING_BUCKET}.$KV.${ROUTING_BUCKET}.${ROUTING_KEY}`,
    "",
    { timeout: 2000 },
  );
  const record = decodeRoutingRecord(answer.data);
  assert.deepEqual(
    record.pools.map(({ name, urlGroups }) => [name, urlGroups.flatMap(({ urls }) => urls)]),
    [
      ["shop", ["http://+:8080/shop/"]],
      ["blog", ["http://+:8080/blog/"]],
    ],
  );
});

test("nothing in the routing bucket can be deleted by its number, and purging a pool's state still works", async () => {
  const routing = await RoutingStore.open(link);
  await routing.publishState("brief", { state: "offline", detail: "" });
  await RoutingStore.open(link);
  const stream = `KV_${ROUTING_BUCKET}`;
  const refused = await link.connection.request(`$JS.API.STREAM.MSG.DELETE.${stream}`, '{"seq":1}');
  assert.match(refused.string(), /message delete not permitted/);
  await routing.forget("brief");
  const subject = `$KV.${ROUTING_BUCKET}.${poolStateKey("brief")}`;
  const left = await link.connection.request(`$JS.API.DIRECT.GET.${stream}.${subject}`);
  assert.equal(left.headers?.get("KV-Operation"), "PURGE");
});

test("a bucket that was made without that protection gets it", async () => {
  const stream = `KV_${STANDING_BUCKET}`;
  const config = {
    name: stream,
    subjects: [`$KV.${STANDING_BUCKET}.>`],
    max_msgs_per_subject: 1,
    allow_rollup_hdrs: true,
    allow_direct: true,
    discard: "new",
    storage: "file",
    num_replicas: 1,
  };
  await link.connection.request(`$JS.API.STREAM.CREATE.${stream}`, JSON.stringify(config));
  await StandingStore.open(link);
  const info = await link.connection.request(`$JS.API.STREAM.INFO.${stream}`);
  assert.equal(info.json<{ config: { deny_delete: boolean } }>().config.deny_delete, true);
});

test("a pool's standing is kept until the pool is forgotten", async () => {
  const standings = await StandingStore.open(link);
  assert.equal(await standings.load("a.b"), undefined);
  const standing: PoolStanding = { ...untouched, operator: "stopped", recycles: 2 };
  await standings.save("a.b", standing);
  assert.deepEqual(await (await StandingStore.open(link)).load("a.b"), standing);
  await standings.forget("a.b");
  assert.equal(await standings.load("a.b"), undefined);
});

test("what is no standing is taken for none", async () => {
  const standings = await StandingStore.open(link);
  await link.connection.request(`$KV.${STANDING_BUCKET}.${poolStateKey("odd")}`, "{");
  assert.equal(await standings.load("odd"), undefined);
});

test("an arrival is told while somebody listens for demand, and no longer", async () => {
  const signals = new PoolSignals(link);
  await queues.provision(givenPool("demanded"));
  let arrivals = 0;
  await signals.watchDemand("demanded", () => arrivals++);
  await put("demanded");
  await link.connection.flush();
  assert.equal(arrivals, 1);
  signals.ignoreDemand("demanded");
  await link.connection.flush();
  await put("demanded");
  await link.connection.flush();
  assert.equal(arrivals, 1);
});

test("reports carry their sender's name; what is no report is ignored", async () => {
  const signals = new PoolSignals(link);
  const heard = new EventEmitter();
  signals.onWorkerReport((...report) => heard.emit("worker", report));
  signals.onListenerLoad((...load) => heard.emit("listener", load));
  await link.connection.flush();
  const worker = once(heard, "worker");
  const listener = once(heard, "listener");
  link.publish(workerReportSubject("a.b", "a.b-1"), "no report");
  const said = { state: "ready", running: 2, taken: 9, busyMs: 80 };
  link.publish(workerReportSubject("a.b", "a.b-1"), encodeJson(said));
  link.publish(loadSubject("l1"), encodeJson({ complete: true, pools: [] }));
  assert.deepEqual(await worker, [["a.b", "a.b-1", said]]);
  assert.deepEqual(await listener, [["l1", { complete: true, pools: [] }]]);
});

test("listeners are told what happened to a pool", async () => {
  const heard = new EventEmitter();
  link.subscribe(poolEventSubject("shop"), (message) => heard.emit("event", message.json()));
  await link.connection.flush();
  const event = once(heard, "event");
  new PoolSignals(link).tell("shop", { kind: "workerLost", worker: "shop-1", detail: "gone" });
  assert.deepEqual(await event, [{ kind: "workerLost", worker: "shop-1", detail: "gone" }]);
});

test("of two who write the lease at one revision one does, and giving it back leaves nobody", async () => {
  const [one, other] = await Promise.all([LeaseStore.open(link), LeaseStore.open(link)]);
  const free = await one.read();
  assert.equal(free.text, undefined);
  const written = await Promise.all([
    one.write({ id: "one" }, free.revision),
    other.write({ id: "other" }, free.revision),
  ]);
  const [revision, ...more] = written.filter((each) => each !== undefined);
  assert(revision !== undefined && more.length === 0, "one of them");
  const held = await other.read();
  assert.equal(held.revision, revision);
  assert.match(held.text ?? "", /one|other/);
  await one.giveBack(revision - 1);
  assert.equal((await other.read()).text, held.text, "it is not the caller's any more");
  await one.giveBack(revision);
  const back = await one.read();
  assert.deepEqual([back.text, back.revision > revision], [undefined, true]);
  assert.notEqual(await other.write({ id: "other" }, back.revision), undefined);
});

const numbered = (id: number): RecordedEvent => ({
  id,
  at: "2026-11-23T10:00:00.000Z",
  severity: "information",
  kind: "pool.online",
  pool: "shop",
  message: `number ${id}`,
});

test("events are kept in their order, and found again; one that is sent twice is kept once", async () => {
  const store = await EventStore.open(link);
  assert.deepEqual(await store.all(), []);
  for (const id of [1, 2, 2, 3]) await store.append(numbered(id));
  const again = await EventStore.open(link);
  assert.deepEqual(await again.all(), [numbered(1), numbered(2), numbered(3)]);
});
