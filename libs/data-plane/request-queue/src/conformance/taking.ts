// The contract of taking: who gets a request, how often, and what a pull brings.

import assert from "node:assert/strict";
import { test } from "node:test";
import { until, type MakeHarness } from "./harness.ts";

const bytes = (text: string): Uint8Array => Buffer.from(text, "latin1");

/** Enough that the broker certainly noticed, milliseconds. */
const SLACK_MS = 600;

/** Tests of pulls and deliveries. */
export function describeTaking(makeHarness: MakeHarness): void {
  test("a request is given to one of two workers", async () => {
    await using harness = await makeHarness();
    await harness.provision("shop", 100);
    const { port } = await harness.listener("l1");
    const one = await harness.worker("shop", "w1");
    const other = await harness.worker("shop", "w2");
    one.port.pull(50);
    other.port.pull(50);
    for (let exchange = 1; exchange <= 60; exchange++)
      port.publish("shop", exchange, bytes(`r${exchange}`), true);
    const texts = (): string[] => [...one.record.texts, ...other.record.texts];
    await until(harness, "all are taken", () => texts().length >= 60);
    await harness.settle();
    assert.equal(texts().length, 60);
    assert.equal(new Set(texts()).size, 60);
  });

  test("a request that waits is given to a later pull, and a pull waits for a later request", async () => {
    await using harness = await makeHarness();
    await harness.provision("shop", 10);
    const { port } = await harness.listener("l1");
    const worker = await harness.worker("shop", "w1");
    port.publish("shop", 1, bytes("r1"), true);
    await harness.settle();
    worker.port.pull(2);
    await until(harness, "the first is there", () => worker.record.deliveries.length === 1);
    port.publish("shop", 2, bytes("r2"), true);
    await until(harness, "the second is there", () => worker.record.deliveries.length === 2);
  });

  test("a pull of n brings at most n, and pulls add up", async () => {
    await using harness = await makeHarness();
    await harness.provision("shop", 100);
    const { port } = await harness.listener("l1");
    const worker = await harness.worker("shop", "w1");
    worker.port.pull(3);
    for (let exchange = 1; exchange <= 20; exchange++)
      port.publish("shop", exchange, bytes("r"), true);
    await until(harness, "three are there", () => worker.record.deliveries.length === 3);
    await harness.settle();
    assert.equal(worker.record.deliveries.length, 3);
    worker.port.pull(2);
    worker.port.pull(4);
    await until(harness, "nine are there", () => worker.record.deliveries.length === 9);
    await harness.settle();
    assert.equal(worker.record.deliveries.length, 9);
    assert.equal(worker.record.unansweredCount, 0);
  });

  test("what a pull did not bring in its time is reported as unanswered", async () => {
    await using harness = await makeHarness();
    await harness.provision("shop", 10);
    const { port } = await harness.listener("l1");
    const worker = await harness.worker("shop", "w1");
    worker.port.pull(5);
    port.publish("shop", 1, bytes("r1"), true);
    port.publish("shop", 2, bytes("r2"), true);
    await until(harness, "two are there", () => worker.record.deliveries.length === 2);
    worker.port.pull(4);
    await harness.settle();
    assert.equal(worker.record.unansweredCount, 0);
    await harness.passTime(harness.pullExpiresMs + SLACK_MS);
    await until(harness, "the rest is unanswered", () => worker.record.unansweredCount >= 7);
    port.publish("shop", 3, bytes("r3"), true);
    await harness.settle();
    assert.equal(worker.record.unansweredCount, 7);
    assert.equal(worker.record.deliveries.length, 2);
  });

  test("a pull at a pool without a queue is reported as unanswered", async () => {
    await using harness = await makeHarness();
    const worker = await harness.worker("nowhere", "w1");
    worker.port.pull(5);
    await harness.passTime(SLACK_MS);
    await until(harness, "it is reported", () => worker.record.unansweredCount === 5);
    await harness.provision("nowhere", 5);
    const { port } = await harness.listener("l1");
    worker.port.pull(5);
    port.publish("nowhere", 1, bytes("r1"), true);
    await until(harness, "the queue that came gives", () => worker.record.deliveries.length === 1);
  });

  test("what was delivered is given to nobody else, though nobody says a word about it", async () => {
    await using harness = await makeHarness();
    await harness.provision("shop", 3);
    const { port, record } = await harness.listener("l1");
    const one = await harness.worker("shop", "w1");
    const other = await harness.worker("shop", "w2");
    one.port.pull(3);
    await harness.settle();
    for (const name of ["r1", "r2", "r3"]) port.publish("shop", Number(name[1]), bytes(name), true);
    await until(harness, "all are taken", () => one.record.deliveries.length === 3);
    other.port.pull(3);
    await harness.passTime(3000);
    assert.equal(other.record.deliveries.length, 0);
    port.publish("shop", 4, bytes("r4"), true);
    await until(harness, "there is room", () => record.sequences.has(4));
    other.port.pull(1);
    await until(harness, "the next is there", () => other.record.texts[0] === "r4");
  });

  test("after stopPulling nothing arrives, and others get it", async () => {
    await using harness = await makeHarness();
    await harness.provision("shop", 10);
    const { port } = await harness.listener("l1");
    const one = await harness.worker("shop", "w1");
    const other = await harness.worker("shop", "w2");
    one.port.pull(10);
    await harness.settle();
    const stopped = one.port.stopPulling();
    await harness.passTime(harness.pullExpiresMs + SLACK_MS);
    await stopped;
    port.publish("shop", 1, bytes("r1"), true);
    other.port.pull(1);
    await until(harness, "the other got it", () => other.record.deliveries.length === 1);
    assert.equal(one.record.deliveries.length, 0);
  });

  test("what is on its way while pulling stops still arrives: nothing is lost", async () => {
    await using harness = await makeHarness();
    await harness.provision("shop", 1000);
    const { port } = await harness.listener("l1");
    const one = await harness.worker("shop", "w1");
    const other = await harness.worker("shop", "w2");
    one.port.pull(200);
    other.port.pull(200);
    await harness.settle();
    for (let exchange = 1; exchange <= 200; exchange++)
      port.publish("shop", exchange, bytes(`r${exchange}`), true);
    const stopped = one.port.stopPulling();
    await harness.passTime(harness.pullExpiresMs + SLACK_MS);
    await stopped;
    const atStop = one.record.deliveries.length;
    const all = (): string[] => [...one.record.texts, ...other.record.texts];
    await until(harness, "all are taken", () => all().length >= 200);
    await harness.settle();
    assert.equal(all().length, 200);
    assert.equal(new Set(all()).size, 200);
    assert.equal(one.record.deliveries.length, atStop);
  });

  test("after stopPulling the next pull brings again", async () => {
    await using harness = await makeHarness();
    await harness.provision("shop", 10);
    const { port } = await harness.listener("l1");
    const worker = await harness.worker("shop", "w1");
    worker.port.pull(1);
    const stopped = worker.port.stopPulling();
    await harness.passTime(harness.pullExpiresMs + SLACK_MS);
    await stopped;
    worker.port.pull(1);
    port.publish("shop", 1, bytes("r1"), true);
    await until(harness, "it is there", () => worker.record.deliveries.length === 1);
  });
}
