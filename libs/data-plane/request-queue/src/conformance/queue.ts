// The contract of the queue itself: what goes in, what is refused, what comes out.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { QueueView } from "../transport.ts";
import { until, type MakeHarness, type WorkerEnd } from "./harness.ts";

const bytes = (text: string): Uint8Array => Buffer.from(text, "latin1");

/** Tests of a queue's inside. */
export function describeQueue(makeHarness: MakeHarness): void {
  test("the bytes of a request arrive unchanged", async () => {
    await using harness = await makeHarness();
    await harness.provision("shop", 10);
    const { port } = await harness.listener("l1");
    const worker = await harness.worker("shop", "w1");
    const every = Uint8Array.from({ length: 256 }, (_, index) => index);
    const large = new Uint8Array(100_000).fill(7);
    const messages = [every, large, Buffer.of(0), Buffer.from("\r\nPUB x 1\r\n")];
    worker.port.pull(messages.length);
    messages.forEach((message, index) => port.publish("shop", index + 1, message, true));
    await until(harness, "all are there", () => worker.record.deliveries.length === 4);
    assert.deepEqual(
      worker.record.deliveries.map((message) => Buffer.from(message)),
      messages.map((message) => Buffer.from(message)),
    );
  });

  test("what entered the queue is reported with rising sequence numbers", async () => {
    await using harness = await makeHarness();
    await harness.provision("shop", 10);
    const { port, record } = await harness.listener("l1");
    port.publish("shop", 4_000_000_000, bytes("a"), true);
    port.publish("shop", 7, bytes("b"), true);
    await until(harness, "both are reported", () => record.sequences.size === 2);
    const first = record.sequences.get(4_000_000_000) ?? 0;
    assert.ok(first > 0);
    assert.ok((record.sequences.get(7) ?? 0) > first);
    assert.equal(record.refusals.size, 0);
  });

  test("a full queue refuses, and takes again what a taken request made room for", async () => {
    await using harness = await makeHarness();
    await harness.provision("shop", 2);
    const { port, record } = await harness.listener("l1");
    const worker = await harness.worker("shop", "w1");
    for (const exchange of [1, 2, 3]) port.publish("shop", exchange, bytes(`r${exchange}`), true);
    await until(harness, "the third is refused", () => record.refusals.size === 1);
    assert.deepEqual([...record.refusals], [[3, { kind: "full" }]]);
    worker.port.pull(1);
    await until(harness, "one is taken", () => worker.record.deliveries.length === 1);
    port.publish("shop", 4, bytes("r4"), true);
    await until(harness, "the fourth is in", () => record.sequences.has(4));
  });

  test("a pool without a queue refuses as unavailable", async () => {
    await using harness = await makeHarness();
    const { port, record } = await harness.listener("l1");
    port.publish("nowhere", 1, bytes("r"), true);
    await until(harness, "it is refused", () => record.refusals.size === 1);
    assert.equal(record.refusals.get(1)?.kind, "unavailable");
    assert.equal(record.sequences.size, 0);
  });

  test("a removed request is not delivered, and removing it again does no harm", async () => {
    await using harness = await makeHarness();
    await harness.provision("shop", 10);
    const { port, record } = await harness.listener("l1");
    const worker = await harness.worker("shop", "w1");
    for (const exchange of [1, 2, 3]) port.publish("shop", exchange, bytes(`r${exchange}`), true);
    await until(harness, "all are in", () => record.sequences.size === 3);
    const second = record.sequences.get(2) ?? 0;
    port.remove("shop", second);
    port.remove("shop", second);
    port.remove("shop", 99);
    port.remove("nowhere", 1);
    await harness.settle();
    worker.port.pull(3);
    await until(harness, "the others are there", () => worker.record.deliveries.length === 2);
    assert.deepEqual(worker.record.texts, ["r1", "r3"]);
  });

  test("a removal after the delivery does no harm", async () => {
    await using harness = await makeHarness();
    await harness.provision("shop", 1);
    const { port, record } = await harness.listener("l1");
    const worker = await harness.worker("shop", "w1");
    worker.port.pull(1);
    port.publish("shop", 1, bytes("r1"), true);
    await until(harness, "it is taken", () => worker.record.deliveries.length === 1);
    port.remove("shop", record.sequences.get(1) ?? 0);
    port.publish("shop", 2, bytes("r2"), true);
    await until(harness, "the next one is in", () => record.sequences.has(2));
    worker.port.pull(1);
    await until(harness, "the next one comes", () => worker.record.deliveries.length === 2);
    assert.equal(worker.record.texts[1], "r2");
  });

  test("a publish whose outcome nobody wants is taken like any other, and nothing is said", async () => {
    await using harness = await makeHarness();
    await harness.provision("shop", 2);
    const { port, record } = await harness.listener("l1");
    const worker = await harness.worker("shop", "w1");
    for (const exchange of [1, 2, 3]) port.publish("shop", exchange, bytes(`r${exchange}`), false);
    port.publish("nowhere", 4, bytes("r4"), false);
    await harness.settle();
    worker.port.pull(3);
    await until(harness, "what found room is there", () => worker.record.deliveries.length === 2);
    await harness.settle();
    assert.deepEqual(worker.record.texts, ["r1", "r2"]);
    assert.deepEqual([record.sequences.size, record.refusals.size], [0, 0]);
  });

  test("a look shows a listener the oldest of its own requests that waits", async () => {
    await using harness = await makeHarness();
    await harness.provision("shop", 10);
    const { port, record } = await harness.listener("l1");
    const other = await harness.listener("l2");
    const worker = await harness.worker("shop", "w1");
    const look = async (after = 0): Promise<string> => {
      const asked = port.look("shop", after);
      let view: QueueView | undefined;
      void asked.then((answer) => (view = answer));
      await until(harness, "the look is answered", () => view !== undefined);
      return typeof view === "object"
        ? `${view.sequence} ${Buffer.from(view.envelope).toString("latin1")}`
        : String(view);
    };
    assert.equal(await look(), "none");
    other.port.publish("shop", 1, bytes("other's"), true);
    await until(harness, "it is in", () => other.record.sequences.size === 1);
    assert.equal(await look(), "none");
    for (const exchange of [1, 2, 3]) port.publish("shop", exchange, bytes(`r${exchange}`), true);
    await until(harness, "they are in", () => record.sequences.size === 3);
    assert.equal(await look(), `${record.sequences.get(1)} r1`);
    assert.equal(await look(record.sequences.get(1)), `${record.sequences.get(2)} r2`);
    assert.equal(await look(record.sequences.get(3)), "none");
    worker.port.pull(2);
    await until(harness, "two are taken", () => worker.record.deliveries.length === 2);
    assert.equal(await look(), `${record.sequences.get(2)} r2`);
    port.remove("shop", record.sequences.get(2) ?? 0);
    await harness.settle();
    assert.equal(await look(), `${record.sequences.get(3)} r3`);
    worker.port.pull(1);
    await until(harness, "the last is taken", () => worker.record.deliveries.length === 3);
    assert.equal(await look(), "none");
  });

  test("a look at a pool without a queue, or without a broker, tells nothing", async () => {
    await using harness = await makeHarness();
    const { port } = await harness.listener("l1");
    const views: QueueView[] = [];
    void port.look("nowhere", 0).then((view) => views.push(view));
    await until(harness, "it is answered", () => views.length === 1);
    await harness.stopBroker();
    void port.look("nowhere", 0).then((view) => views.push(view));
    await until(harness, "it is answered again", () => views.length === 2);
    assert.deepEqual(views, ["unknown", "unknown"]);
  });

  test("requests come out in the order in which they went in", async () => {
    await using harness = await makeHarness();
    await harness.provision("shop", 1000);
    const { port } = await harness.listener("l1");
    const worker = await harness.worker("shop", "w1");
    const names = Array.from({ length: 300 }, (_, index) => `r${index}`);
    for (const [index, name] of names.entries()) {
      port.publish("shop", index + 1, bytes(name), true);
      if (index === 100) worker.port.pull(250);
    }
    await until(harness, "the pull is filled", () => worker.record.deliveries.length === 250);
    worker.port.pull(50);
    await until(harness, "all are there", () => worker.record.deliveries.length === 300);
    assert.deepEqual(worker.record.texts, names);
  });

  test("pools do not see each other, whatever their names are", async () => {
    await using harness = await makeHarness();
    const names = ["a", "A", "a.b", "a.>", "*", ">", "a b", "é", "=", "a=2Eb", "p10", "p1", "p-1_"];
    const { port, record } = await harness.listener("l1");
    const workers: WorkerEnd[] = [];
    for (const name of names) {
      await harness.provision(name, 2);
      workers.push(await harness.worker(name, `w of ${name}`));
    }
    for (const { port: worker } of workers) worker.pull(5);
    for (const [index, name] of names.entries())
      port.publish(name, index + 1, bytes(String(index)), true);
    const taken = (): number =>
      workers.reduce((sum, worker) => sum + worker.record.deliveries.length, 0);
    await until(harness, "each got one", () => taken() >= names.length);
    await harness.settle();
    assert.deepEqual(
      workers.map((worker) => worker.record.texts),
      names.map((_, index) => [String(index)]),
    );
    assert.equal(record.refusals.size, 0);
  });
}
