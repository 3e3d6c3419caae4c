// A connection against a fake broker: what the real one does with it is the contract suite's business
// (nats-request-queue).

import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { ServiceError } from "@penstock/foundation";
import { NatsLink, olderThan } from "./nats-link.ts";
import { FakeBroker } from "./test-support/fake-broker.ts";

interface Watched {
  readonly link: NatsLink;
  readonly failures: string[];
  readonly events: string[];
}

async function open(broker: FakeBroker): Promise<Watched> {
  const failures: string[] = [];
  const events: string[] = [];
  const link = await NatsLink.open({
    url: broker.url,
    name: "test",
    inboxPrefix: "_T",
    failed: (what, cause) => failures.push(`${what}: ${String(cause)}`),
  });
  link.watch({
    disconnected: () => events.push("disconnected"),
    reconnected: (restarted) => events.push(restarted ? "another" : "same"),
  });
  return { link, failures, events };
}

async function eventually(holds: () => boolean): Promise<void> {
  for (let looks = 0; looks < 1000 && !holds(); looks++) await sleep(5);
  assert.ok(holds());
}

test("versions are compared number by number", () => {
  for (const [version, minimum, older] of [
    ["2.11.0", "2.11.0", false],
    ["2.10.27", "2.11.0", true],
    ["2.9.10", "2.11.0", true],
    ["2.15.1", "2.11.0", false],
    ["3.0.0", "2.11.0", false],
    ["2.11.0-beta.1", "2.11.0", false],
    ["2", "2.11", true],
    ["", "2.11.0", true],
    ["odd", "2.11.0", true],
  ] as const)
    assert.equal(olderThan(version, minimum), older, `${version} before ${minimum}`);
});

test("a broker that is not there is told with what to do", async () => {
  const broker = await FakeBroker.start();
  const { url } = broker;
  await broker[Symbol.asyncDispose]();
  const failed = NatsLink.open({ url, name: "test", inboxPrefix: "_T", failed: () => {} });
  await assert.rejects(failed, (thrown) => {
    assert.ok(thrown instanceof ServiceError);
    assert.equal(thrown.code, "NATS_UNREACHABLE");
    assert.ok(thrown.remedy);
    assert.ok(thrown.cause);
    return true;
  });
});

test("a broker that is too old is told, and not stayed connected to", async () => {
  await using broker = await FakeBroker.start({ version: "2.9.10" });
  await assert.rejects(open(broker), (thrown) => {
    assert.ok(thrown instanceof ServiceError);
    assert.equal(thrown.code, "NATS_SERVER_TOO_OLD");
    assert.match(thrown.message, /2\.9\.10.*2\.11\.0/);
    return true;
  });
  await eventually(() => broker.connections === 0);
});

test("messages arrive until the subscription is ended", async () => {
  await using broker = await FakeBroker.start();
  const { link } = await open(broker);
  await using closing = link;
  const heard: string[] = [];
  const end = link.subscribe("a", (message) => heard.push(message.string()));
  link.publish("a", "1");
  link.publish("b", "2");
  await closing.connection.flush();
  end();
  link.publish("a", "3");
  await link.connection.flush();
  assert.deepEqual(heard, ["1"]);
  assert.deepEqual(broker.published, ["a 1", "b 2", "a 3"]);
});

test("a callback that throws is reported and ends nothing", async () => {
  await using broker = await FakeBroker.start();
  const { link, failures, events } = await open(broker);
  await using closing = link;
  const heard: string[] = [];
  link.subscribe("a", (message) => {
    heard.push(message.string());
    if (heard.length === 1) throw new Error("odd");
  });
  link.publish("a", "1");
  link.publish("a", "2");
  await closing.connection.flush();
  assert.deepEqual(heard, ["1", "2"]);
  assert.deepEqual(failures, ["message on a: Error: odd"]);
  assert.deepEqual(events, []);
});

test("what the broker sent before it heard of the drain arrives, and nothing after it", async () => {
  await using broker = await FakeBroker.start();
  const { link } = await open(broker);
  await using closing = link;
  const heard: string[] = [];
  const subscription = link.listen("a", (message) => heard.push(message.string()));
  for (let count = 0; count < 20; count++) link.publish("a", String(count));
  const drained = subscription.drain();
  link.publish("a", "late");
  await drained;
  await subscription.drain();
  await closing.connection.flush();
  assert.equal(heard.length, 20);
  assert.deepEqual(broker.subscriptions, []);
});

test("a drain while the connection is broken resolves", async () => {
  const broker = await FakeBroker.start();
  const { link } = await open(broker);
  const subscription = link.listen("a", () => {});
  await broker[Symbol.asyncDispose]();
  await eventually(() => !link.connected);
  await subscription.drain();
  await link.connection.close();
});

test("a message larger than the broker takes is reported, not thrown", async () => {
  await using broker = await FakeBroker.start({ maxPayload: 10 });
  const { link, failures } = await open(broker);
  await using closing = link;
  assert.equal(closing.maxPayload, 10);
  link.publish("a", new Uint8Array(11));
  link.publish("a", "fits");
  await link.connection.flush();
  assert.deepEqual(broker.published, ["a fits"]);
  assert.equal(failures.length, 1);
  assert.match(failures[0] ?? "", /^message to a: .*max_payload/);
});

test("a break and its end are told once each, and subscriptions go on", async () => {
  await using broker = await FakeBroker.start();
  const { link, events } = await open(broker);
  await using closing = link;
  const heard: string[] = [];
  link.subscribe("a", (message) => heard.push(message.string()));
  for (let round = 1; round <= 2; round++) {
    broker.breakConnections();
    await eventually(() => events.length === 2 * round);
  }
  assert.deepEqual(events, ["disconnected", "same", "disconnected", "same"]);
  assert.equal(closing.connected, true);
  link.publish("a", "1");
  await link.connection.flush();
  assert.deepEqual(heard, ["1"]);
});

test("another server at the same address is told from the one of before", async () => {
  const first = await FakeBroker.start({ serverId: "FIRST" });
  const { port } = first;
  const { link, events } = await open(first);
  await first[Symbol.asyncDispose]();
  await eventually(() => !link.connected);
  await using second = await FakeBroker.start({ serverId: "SECOND", port });
  await eventually(() => link.connected);
  second.breakConnections();
  await eventually(() => events.length === 4);
  assert.deepEqual(events, ["disconnected", "another", "disconnected", "same"]);
  await link[Symbol.asyncDispose]();
});

test("what is published while the connection is broken is lost, not sent to whoever comes next", async () => {
  const first = await FakeBroker.start();
  const { port } = first;
  const { link } = await open(first);
  await first[Symbol.asyncDispose]();
  await eventually(() => !link.connected);
  link.publish("a", "before");
  const second = await FakeBroker.start({ port });
  await using closing = second;
  while (!link.connected) {
    link.publish("a", "meanwhile");
    await new Promise((resolve) => setImmediate(resolve));
  }
  link.publish("a", "after");
  await link.connection.flush();
  assert.deepEqual(closing.published, ["a after"]);
  await link[Symbol.asyncDispose]();
});

test("a watcher that throws is reported and keeps no other from being told", async () => {
  await using broker = await FakeBroker.start();
  const { link, failures } = await open(broker);
  await using closing = link;
  const told: string[] = [];
  link.watch({
    disconnected: () => {
      throw new Error("odd");
    },
    reconnected: () => {},
  });
  link.watch({ disconnected: () => told.push("disconnected"), reconnected: () => {} });
  broker.breakConnections();
  await eventually(() => told.length === 1);
  assert.deepEqual(failures, ["connection watcher: Error: odd"]);
  await eventually(() => closing.connected);
});

test("disposing sends what was published before it, and may be done twice", async () => {
  await using broker = await FakeBroker.start();
  const { link } = await open(broker);
  link.publish("a", "last");
  await link[Symbol.asyncDispose]();
  await link[Symbol.asyncDispose]();
  assert.deepEqual(broker.published, ["a last"]);
  await eventually(() => broker.connections === 0);
});

test("disposing while the connection is broken does not wait for it", async () => {
  const broker = await FakeBroker.start();
  const { link, failures } = await open(broker);
  await broker[Symbol.asyncDispose]();
  await eventually(() => !link.connected);
  await link[Symbol.asyncDispose]();
  assert.deepEqual(failures, []);
});

test("a renewed connection has all subscriptions and takes messages, and the one of before is closed", async () => {
  await using broker = await FakeBroker.start();
  const { link, failures, events } = await open(broker);
  await using closing = link;
  const heard: string[] = [];
  const kept = link.listen("a", (message) => heard.push(`a ${message.string()}`));
  const ended = link.listen("b", (message) => heard.push(`b ${message.string()}`));
  const before = link.connection;
  const renewal = link.renew();
  link.publish("a", "during");
  await renewal;
  assert.equal(before.isClosed(), true);
  ended.end();
  link.publish("a", "after");
  link.publish("b", "after");
  await link.connection.flush();
  assert.deepEqual(heard, ["a during", "a after"]);
  assert.deepEqual([broker.subscriptions, broker.connections], [["a"], 1]);
  await closing.renew();
  await kept.drain();
  assert.deepEqual([broker.subscriptions, events, failures], [[], [], []]);
});

test("while the connection is broken there is nothing to renew", async () => {
  const broker = await FakeBroker.start();
  const { link } = await open(broker);
  await broker[Symbol.asyncDispose]();
  await eventually(() => !link.connected);
  await link.renew();
  await link[Symbol.asyncDispose]();
});

test("a break after a renewal is told, and healed", async () => {
  await using broker = await FakeBroker.start();
  const { link, events } = await open(broker);
  await using closing = link;
  const heard: string[] = [];
  link.subscribe("a", (message) => heard.push(message.string()));
  await closing.renew();
  broker.breakConnections();
  await eventually(() => events.length === 2);
  assert.deepEqual(events, ["disconnected", "same"]);
  link.publish("a", "1");
  await link.connection.flush();
  assert.deepEqual(heard, ["1"]);
});
