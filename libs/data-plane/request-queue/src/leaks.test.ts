// After any number of requests nothing is left: no exchange, no timer, no take, no link with an exchange.

import assert from "node:assert/strict";
import { test } from "node:test";
import { LINK_IDLE_MS } from "./limits.ts";
import type { RecordedRun } from "./test-support/recorded-application.ts";
import {
  routedPool,
  World,
  type ListenerProcess,
  type WorkerProcess,
} from "./test-support/world.ts";

/** Lets idle links go, stops the workers, and looks. */
async function nothingLeft(
  world: World,
  listeners: readonly ListenerProcess[],
  workers: readonly WorkerProcess[],
): Promise<void> {
  await world.pass(LINK_IDLE_MS + 60_000, 1000);
  for (const { receiver } of workers) {
    assert.equal(receiver.running, 0);
    const drained = receiver.drain();
    await world.pass(1000);
    await drained;
  }
  await world.pass(20_000, 1000);
  for (const listener of listeners) {
    const { waiting, running } = listener.pool();
    assert.equal(listener.dispatcher.leftovers, 0);
    assert.deepEqual([waiting.size, running.size], [0, 0]);
    assert.deepEqual([waiting.first, running.first], [undefined, undefined]);
  }
  assert.equal(world.broker.queue("shop")?.depth, 0);
  assert.equal(world.clock.pendingTimers, 0);
  assert.deepEqual(world.broker.failures, []);
}

const endings: Record<string, (run: RecordedRun) => void> = {
  answered: (run) => run.answer(),
  "answered in parts": (run) => {
    run.begin();
    run.exchange.write(Buffer.alloc(1000));
    run.exchange.end(["T", "1"]);
  },
  "broken off": (run) => run.exchange.reset("x"),
  "broken off in the middle": (run) => {
    run.begin();
    run.exchange.reset("x");
  },
};

for (const [ending, behave] of Object.entries(endings)) {
  test(`nothing is left of a thousand requests that are ${ending}`, async () => {
    const world = new World(routedPool("shop", { requestTimeoutMs: 10_000, queueLength: 1000 }));
    const listeners = [world.listener("l1"), world.listener("l2")];
    const workers = [world.worker("w1", 8), world.worker("w2", 3)];
    for (const { application } of workers) application.behave = behave;
    for (let count = 0; count < 500; count++) {
      for (const listener of listeners) listener.ask({ body: Buffer.alloc(10) });
      if (count % 100 === 0) await world.settle();
    }
    await world.settle();
    await nothingLeft(world, listeners, workers);
  });
}

test("nothing is left of requests that time out, are left, lose their worker or their broker", async () => {
  const world = new World(routedPool("shop", { requestTimeoutMs: 5000, queueTimeoutMs: 8000 }));
  const listener = world.listener();
  const workers = [world.worker("w1", 4), world.worker("w2", 4)];
  for (let round = 0; round < 40; round++) {
    const exchanges = [listener.ask(), listener.ask({ method: "POST" }), listener.ask()];
    await world.pass(200);
    listener.dispatcher.leave(exchanges[round % 3]!);
    if (round % 10 === 3) await world.breakConnection(workers[round % 2]!);
    if (round % 10 === 6) await world.breakConnection(listener);
    if (round % 20 === 9) await world.restartBroker();
    for (const { application } of workers) application.runs[round]?.answer();
  }
  await nothingLeft(world, [listener], workers);
});

test("nothing is left at a worker whose listeners are gone", async () => {
  const world = new World();
  const listener = world.listener();
  const worker = world.worker();
  for (let count = 0; count < 10; count++) listener.ask();
  await world.settle();
  assert.equal(worker.receiver.running, 4);
  listener.connection.end();
  await world.pass(120_000, 1000);
  assert.equal(worker.receiver.running, 0);
  assert.equal(worker.application.runs.length, 10);
  assert.ok(worker.application.runs.every(({ cancelled }) => cancelled));
});
