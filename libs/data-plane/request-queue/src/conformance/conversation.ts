// The contract of what listeners and workers say to each other past the queue.

import assert from "node:assert/strict";
import { test } from "node:test";
import { until, type MakeHarness } from "./harness.ts";

const bytes = (text: string): Uint8Array => Buffer.from(text, "latin1");

const numbered = (letter: string): string[] =>
  Array.from({ length: 50 }, (_, index) => letter + index);

/** Tests of frames and probes. */
export function describeConversation(makeHarness: MakeHarness): void {
  test("frames to a listener arrive in order and name their worker", async () => {
    await using harness = await makeHarness();
    const one = await harness.listener("l1");
    const other = await harness.listener("l2");
    const w1 = await harness.worker("shop", "w1");
    const odd = await harness.worker("a.b", "w .2");
    for (let index = 0; index < 50; index++) {
      w1.port.send("l1", bytes(`a${index}`));
      odd.port.send("l1", bytes(`b${index}`));
    }
    w1.port.send("l2", bytes("c"));
    w1.port.send("nobody", bytes("d"));
    await until(harness, "all are heard", () => one.record.heard.length === 100);
    await until(harness, "the other heard", () => other.record.heard.length === 1);
    const from = (pool: string, worker: string): string[] =>
      one.record.heard
        .filter(({ worker: by }) => by.pool === pool && by.worker === worker)
        .map(({ text }) => text);
    assert.deepEqual(from("shop", "w1"), numbered("a"));
    assert.deepEqual(from("a.b", "w .2"), numbered("b"));
    assert.equal(new Set(one.record.heard.map(({ worker }) => worker)).size, 2);
  });

  test("frames to a worker arrive in order, and at no other worker", async () => {
    await using harness = await makeHarness();
    const { port, record } = await harness.listener("l1");
    const one = await harness.worker("shop", "w1");
    const other = await harness.worker("shop", "w2");
    one.port.send("l1", bytes("here"));
    await until(harness, "the listener heard", () => record.heard.length === 1);
    const address = record.heard[0]!.worker;
    const texts = Array.from({ length: 50 }, (_, index) => `f${index}`);
    for (const text of texts) port.send(address, bytes(text));
    await until(harness, "all are heard", () => one.record.heard.length === 50);
    assert.deepEqual(one.record.heard, texts);
    assert.deepEqual(other.record.heard, []);
  });

  test("the bytes of frames arrive unchanged, also of many at once", async () => {
    await using harness = await makeHarness();
    const { port, record } = await harness.listener("l1");
    const worker = await harness.worker("shop", "w1");
    const every = Buffer.from(Uint8Array.from({ length: 131_072 }, (_, index) => index % 256));
    const text = every.toString("latin1");
    worker.port.send("l1", every);
    await until(harness, "the listener heard", () => record.heard.length === 1);
    assert.equal(record.heard[0]?.text, text);
    for (let index = 0; index < 8; index++) port.send(record.heard[0].worker, every);
    await until(harness, "the worker heard", () => worker.record.heard.length === 8);
    assert.ok(worker.record.heard.every((heard) => heard === text));
  });

  test("a probe finds a worker that is there, without its notice, and none that is gone", async () => {
    await using harness = await makeHarness();
    const { port, record } = await harness.listener("l1");
    const worker = await harness.worker("shop", "w1");
    worker.port.send("l1", bytes("here"));
    await until(harness, "the listener heard", () => record.heard.length === 1);
    const address = record.heard[0]!.worker;
    const alive = port.probe(address);
    await harness.settle();
    await harness.passTime(1000);
    assert.equal(await alive, true);
    assert.deepEqual(worker.record.heard, []);
    await worker.end();
    await harness.settle();
    const gone = port.probe(address);
    await harness.settle();
    await harness.passTime(1000);
    assert.equal(await gone, false);
  });

  test("a worker that was forgotten is known again when it speaks", async () => {
    await using harness = await makeHarness();
    const { port, record } = await harness.listener("l1");
    const worker = await harness.worker("shop", "w1");
    worker.port.send("l1", bytes("one"));
    await until(harness, "the listener heard", () => record.heard.length === 1);
    port.forget(record.heard[0]!.worker);
    worker.port.send("l1", bytes("two"));
    await until(harness, "the listener heard again", () => record.heard.length === 2);
    assert.deepEqual(record.heard[1]?.worker.worker, "w1");
    port.send(record.heard[1].worker, bytes("three"));
    await until(harness, "the worker heard", () => worker.record.heard.length === 1);
  });

  test("a callback that throws ends nothing", async () => {
    await using harness = await makeHarness();
    await harness.provision("shop", 10);
    const { port, record } = await harness.listener("l1");
    const worker = await harness.worker("shop", "w1");
    record.fault = new Error("thrown by the test");
    worker.record.fault = new Error("thrown by the test");
    worker.port.send("l1", bytes("one"));
    worker.port.send("l1", bytes("two"));
    await until(harness, "both are heard", () => record.heard.length === 2);
    worker.port.pull(2);
    port.publish("shop", 1, bytes("r1"), true);
    port.publish("shop", 2, bytes("r2"), true);
    await until(harness, "both are taken", () => worker.record.deliveries.length === 2);
    await until(harness, "both are reported", () => record.sequences.size === 2);
  });
}
