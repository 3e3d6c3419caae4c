// The contract of connections: who is told of a break, and what is lost with it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { until, type MakeHarness } from "./harness.ts";

const bytes = (text: string): Uint8Array => Buffer.from(text, "latin1");

/** Tests of breaks and restarts. */
export function describeConnections(makeHarness: MakeHarness): void {
  test("both ends are told of a break and of its end, and go on as before", async () => {
    await using harness = await makeHarness();
    await harness.provision("shop", 10);
    const listener = await harness.listener("l1");
    const worker = await harness.worker("shop", "w1");
    assert.equal(listener.port.connected, true);
    listener.port.publish("shop", 1, bytes("r1"), true);
    await until(harness, "it is in", () => listener.record.sequences.size === 1);
    await listener.breakConnection();
    await worker.breakConnection();
    assert.deepEqual(listener.record.connection, ["disconnected", "reconnected to the same"]);
    assert.deepEqual(worker.record.connection, ["disconnected", "reconnected"]);
    assert.equal(listener.port.connected, true);
    worker.port.pull(1);
    await until(harness, "what waited is there", () => worker.record.deliveries.length === 1);
    listener.port.publish("shop", 2, bytes("r2"), true);
    worker.port.pull(1);
    await until(harness, "what is new is there", () => worker.record.deliveries.length === 2);
    worker.port.send("l1", bytes("f"));
    await until(harness, "the listener hears", () => listener.record.heard.length === 1);
    listener.port.send(listener.record.heard[0]!.worker, bytes("g"));
    await until(harness, "the worker hears", () => worker.record.heard.length === 1);
  });

  test("a worker's open pulls end with its connection", async () => {
    await using harness = await makeHarness();
    await harness.provision("shop", 10);
    const { port } = await harness.listener("l1");
    const one = await harness.worker("shop", "w1");
    const other = await harness.worker("shop", "w2");
    one.port.pull(5);
    await harness.settle();
    await one.breakConnection();
    port.publish("shop", 1, bytes("r1"), true);
    await harness.settle();
    assert.equal(one.record.deliveries.length, 0);
    assert.equal(one.record.unansweredCount, 0);
    other.port.pull(1);
    await until(harness, "the other got it", () => other.record.deliveries.length === 1);
  });

  test("what was delivered over a connection that broke is given to nobody else", async () => {
    await using harness = await makeHarness();
    await harness.provision("shop", 10);
    const { port } = await harness.listener("l1");
    const worker = await harness.worker("shop", "w1");
    worker.port.pull(1);
    port.publish("shop", 1, bytes("r1"), true);
    await until(harness, "it is taken", () => worker.record.deliveries.length === 1);
    await worker.breakConnection();
    worker.port.pull(2);
    await harness.passTime(3000);
    assert.equal(worker.record.deliveries.length, 1);
  });

  test("a restarted broker is told from the same one, and its queues are empty", async () => {
    await using harness = await makeHarness();
    await harness.provision("shop", 10);
    const listener = await harness.listener("l1");
    const worker = await harness.worker("shop", "w1");
    listener.port.publish("shop", 1, bytes("before"), true);
    await until(harness, "it is in", () => listener.record.sequences.size === 1);
    await harness.stopBroker();
    assert.equal(listener.port.connected, false);
    assert.deepEqual(listener.record.connection, ["disconnected"]);
    assert.deepEqual(worker.record.connection, ["disconnected"]);
    await harness.startBroker();
    assert.equal(listener.port.connected, true);
    assert.deepEqual(listener.record.connection, ["disconnected", "reconnected to another"]);
    assert.deepEqual(worker.record.connection, ["disconnected", "reconnected"]);
    await harness.provision("shop", 10);
    listener.port.publish("shop", 2, bytes("after"), true);
    await harness.settle();
    worker.port.pull(1);
    await until(harness, "it is there", () => worker.record.deliveries.length > 0);
    assert.deepEqual(worker.record.texts, ["after"]);
  });

  test("what is said while the broker is away is lost, not kept for later", async () => {
    await using harness = await makeHarness();
    await harness.provision("shop", 10);
    const listener = await harness.listener("l1");
    const worker = await harness.worker("shop", "w1");
    worker.port.send("l1", bytes("f"));
    await until(harness, "the listener hears", () => listener.record.heard.length === 1);
    await harness.stopBroker();
    const say = (): void => {
      listener.port.publish("shop", 1, bytes("lost"), true);
      listener.port.remove("shop", 1);
      listener.port.send(listener.record.heard[0]!.worker, bytes("lost"));
      worker.port.send("l1", bytes("lost"));
      worker.port.pull(5);
    };
    say();
    await harness.settle();
    say();
    const starting = harness.startBroker();
    while (!listener.port.connected) {
      say();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await starting;
    await harness.provision("shop", 10);
    listener.port.publish("shop", 2, bytes("r2"), true);
    await until(harness, "it is in", () => listener.record.sequences.has(2));
    assert.equal(worker.record.deliveries.length, 0);
    worker.port.pull(5);
    await until(harness, "it is there", () => worker.record.deliveries.length > 0);
    await harness.settle();
    assert.deepEqual(worker.record.texts, ["r2"]);
    assert.deepEqual(worker.record.heard, []);
    assert.equal(listener.record.heard.length, 1);
    assert.deepEqual([...listener.record.sequences.keys()], [2]);
  });

  test("a probe while the broker is away is in doubt", async () => {
    await using harness = await makeHarness();
    const listener = await harness.listener("l1");
    const worker = await harness.worker("shop", "w1");
    worker.port.send("l1", bytes("f"));
    await until(harness, "the listener hears", () => listener.record.heard.length === 1);
    await harness.stopBroker();
    const probe = listener.port.probe(listener.record.heard[0]!.worker);
    await harness.passTime(1000);
    assert.equal(await probe, true);
  });
}
