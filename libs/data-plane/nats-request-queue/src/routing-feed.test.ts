// The routing bucket as a listener follows it, over a real nats-server. The controller is played by raw
// requests and publishes, with the bucket that its KV client makes.

import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { NatsLink } from "@penstock/nats-connection";
import { untilWithin } from "@penstock/testing";
import {
  encodeJson,
  poolStateKey,
  ROUTING_BUCKET,
  ROUTING_KEY,
  type PoolState,
  type RoutingRecord,
} from "@penstock/wire";
import { headers } from "@nats-io/nats-core";
import { RoutingFeed, type RoutingFeedReceiver } from "./routing-feed.ts";
import { NatsBroker } from "./test-support/nats-broker.ts";

const until = untilWithin(5000);

const subjectOf = (key: string): string => `$KV.${ROUTING_BUCKET}.${key}`;
const empty: RoutingRecord = { version: 1, pools: [] };
const offline: PoolState = { state: "offline", detail: "five crashes" };

/** What the feed said, in order. */
class Heard implements RoutingFeedReceiver {
  readonly lines: string[] = [];
  tables = 0;

  table(record: RoutingRecord): void {
    this.tables++;
    this.lines.push(`table ${record.version}`);
  }

  state(pool: string, state: PoolState): void {
    this.lines.push(`${pool} ${state.state}`);
  }

  failed(what: string): void {
    this.lines.push(`failed: ${what}`);
  }
}

async function makeBucket(broker: NatsBroker, storage = "file"): Promise<void> {
  const stream = `KV_${ROUTING_BUCKET}`;
  await broker.request(`STREAM.CREATE.${stream}`, {
    name: stream,
    subjects: [subjectOf(">")],
    storage,
    max_msgs_per_subject: 1,
    discard: "new",
    allow_direct: true,
    allow_rollup_hdrs: true,
    deny_delete: true,
    num_replicas: 1,
  });
}

async function put(link: NatsLink, key: string, value: unknown): Promise<void> {
  await link.connection.request(subjectOf(key), encodeJson(value));
}

async function purge(link: NatsLink, key: string): Promise<void> {
  const marker = headers();
  marker.set("KV-Operation", "PURGE");
  marker.set("Nats-Rollup", "sub");
  await link.connection.request(subjectOf(key), new Uint8Array(0), {
    headers: marker,
    timeout: 2000,
  });
}

test("what was written before is read first, and each change once", async () => {
  await using broker = await NatsBroker.start();
  await makeBucket(broker);
  const controller = await broker.connect("controller");
  await put(controller, poolStateKey("a.b"), offline);
  await put(controller, ROUTING_KEY, empty);
  const heard = new Heard();
  using feed = await RoutingFeed.follow(await broker.connect("listener"), heard);
  assert.ok(feed);
  assert.deepEqual(heard.lines.toSorted(), ["a.b offline", "table 1"]);
  heard.lines.length = 0;
  await put(controller, poolStateKey("a.b"), { state: "started" });
  await until("one is heard", () => heard.lines.length === 1);
  await sleep(500);
  assert.deepEqual(heard.lines, ["a.b started"]);
});

test("a bucket, and a table in it, that are not there yet are waited for", async () => {
  await using broker = await NatsBroker.start();
  const controller = await broker.connect("controller");
  const heard = new Heard();
  const following = RoutingFeed.follow(await broker.connect("listener"), heard);
  await sleep(150);
  await makeBucket(broker);
  await sleep(150);
  await put(controller, poolStateKey("shop"), offline);
  await sleep(150);
  assert.equal(heard.tables, 0);
  await put(controller, ROUTING_KEY, empty);
  using feed = await following;
  assert.ok(feed);
  assert.equal(heard.tables, 1);
  assert.ok(heard.lines.includes("shop offline"));
});

test("a message that the bucket did not take changes nothing, however many come", async () => {
  await using broker = await NatsBroker.start();
  await makeBucket(broker);
  const controller = await broker.connect("controller");
  await put(controller, ROUTING_KEY, empty);
  const heard = new Heard();
  using feed = await RoutingFeed.follow(await broker.connect("listener"), heard);
  assert.ok(feed);
  const refused = headers();
  refused.set("Nats-Expected-Last-Sequence", "999");
  const forged = encodeJson({ version: 2, pools: [] });
  for (let count = 0; count < 2000; count++)
    controller.connection.publish(subjectOf(ROUTING_KEY), forged, { headers: refused });
  controller.connection.publish(subjectOf(poolStateKey("shop")), encodeJson(offline), {
    headers: refused,
  });
  await controller.connection.flush();
  await put(controller, poolStateKey("last"), offline);
  await until("last offline is heard", () => heard.lines.includes("last offline"));
  assert.deepEqual(heard.lines, ["table 1", "last offline"]);
});

test("a pool whose state was purged is started", async () => {
  await using broker = await NatsBroker.start();
  await makeBucket(broker);
  const controller = await broker.connect("controller");
  await put(controller, ROUTING_KEY, empty);
  await put(controller, poolStateKey("shop"), offline);
  const heard = new Heard();
  using feed = await RoutingFeed.follow(await broker.connect("listener"), heard);
  assert.ok(feed);
  await purge(controller, poolStateKey("shop"));
  await until("shop started is heard", () => heard.lines.includes("shop started"));
});

test("thousands of pools are read, and what stands behind a purged key too", async () => {
  await using broker = await NatsBroker.start();
  await makeBucket(broker);
  const controller = await broker.connect("controller");
  await put(controller, poolStateKey("gone"), offline);
  await purge(controller, poolStateKey("gone"));
  const count = 2500;
  const body = encodeJson(offline);
  for (let pool = 0; pool < count; pool++)
    controller.connection.publish(subjectOf(poolStateKey(`p${pool}`)), body);
  await put(controller, ROUTING_KEY, empty);
  const heard = new Heard();
  using feed = await RoutingFeed.follow(await broker.connect("listener"), heard);
  assert.ok(feed);
  assert.equal(heard.tables, 1);
  assert.equal(heard.lines.filter((line) => line.endsWith(" offline")).length, count);
});

test("what cannot be read is told, and what was before stays in force", async () => {
  await using broker = await NatsBroker.start();
  await makeBucket(broker);
  const controller = await broker.connect("controller");
  await put(controller, ROUTING_KEY, empty);
  const heard = new Heard();
  using feed = await RoutingFeed.follow(await broker.connect("listener"), heard);
  assert.ok(feed);
  await controller.connection.request(subjectOf(ROUTING_KEY), "{");
  await until("two are heard", () => heard.lines.length === 2);
  assert.deepEqual(heard.lines, ["table 1", "failed: routing bucket key table"]);
});

test("a change that was missed while the connection was broken is read when it is back", async () => {
  await using broker = await NatsBroker.start();
  await makeBucket(broker);
  const controller = await broker.connect("controller");
  const listener = await broker.connect("listener");
  await put(controller, ROUTING_KEY, empty);
  const heard = new Heard();
  using feed = await RoutingFeed.follow(listener, heard);
  assert.ok(feed);
  await listener.connection.reconnect();
  await put(controller, poolStateKey("shop"), offline);
  await until("shop offline is heard", () => heard.lines.includes("shop offline"));
  assert.deepEqual(heard.lines, ["table 1", "shop offline"]);
});

test("a restart of the broker is survived: the bucket is on disk", async () => {
  await using broker = await NatsBroker.start();
  await makeBucket(broker);
  const controller = await broker.connect("controller");
  await put(controller, ROUTING_KEY, empty);
  const heard = new Heard();
  using feed = await RoutingFeed.follow(await broker.connect("listener"), heard);
  assert.ok(feed);
  await broker.stop();
  await until("the break is noticed", () => !controller.connected);
  await broker.startAgain();
  await until("all are back", () => broker.connected);
  await put(controller, poolStateKey("shop"), offline);
  await until("shop offline is heard", () => heard.lines.includes("shop offline"));
  assert.equal(heard.tables, 1);
});

test("a connection that breaks before the first read only delays it", async () => {
  await using broker = await NatsBroker.start();
  const listener = await broker.connect("listener");
  const heard = new Heard();
  const following = RoutingFeed.follow(listener, heard);
  await sleep(50);
  await broker.stop();
  await until("the break is noticed", () => !listener.connected);
  await sleep(300);
  await broker.startAgain();
  await until("all are back", () => broker.connected);
  await makeBucket(broker);
  const controller = await broker.connect("controller");
  await put(controller, ROUTING_KEY, empty);
  using feed = await following;
  assert.ok(feed);
  assert.equal(heard.tables, 1);
});

test("a feed that was disposed of says nothing more", async () => {
  await using broker = await NatsBroker.start();
  await makeBucket(broker);
  const controller = await broker.connect("controller");
  await put(controller, ROUTING_KEY, empty);
  const heard = new Heard();
  const feed = await RoutingFeed.follow(await broker.connect("listener"), heard);
  await put(controller, poolStateKey("shop"), offline);
  await until("two are heard", () => heard.lines.length === 2);
  feed[Symbol.dispose]();
  await put(controller, poolStateKey("shop"), { state: "started" });
  await sleep(500);
  assert.deepEqual(heard.lines, ["table 1", "shop offline"]);
});
