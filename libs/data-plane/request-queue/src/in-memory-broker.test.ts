// The twin keeps the contract, and channels can be stepped in any order.

import assert from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import { test } from "node:test";
import { ManualClock } from "@penstock/testing";
import { ChannelScheduler } from "./channel-scheduler.ts";
import {
  describeRequestQueue,
  ListenerRecord,
  WorkerRecord,
  type QueueHarness,
} from "./conformance.ts";
import { InMemoryBroker } from "./in-memory-broker.ts";
import type { InMemoryConnection } from "./in-memory-connection.ts";

const PULL_EXPIRES_MS = 4000;

function makeHarness(): Promise<QueueHarness> {
  const clock = new ManualClock();
  const scheduler = new ChannelScheduler();
  const broker = new InMemoryBroker({ clock, scheduler, pullExpiresMs: PULL_EXPIRES_MS });
  const connections: InMemoryConnection[] = [];
  const settle = async (): Promise<void> => {
    scheduler.run();
    await turn();
    scheduler.run();
  };
  const breakOf = (connection: InMemoryConnection) => async () => {
    connection.break();
    connection.restore();
    await settle();
  };
  return Promise.resolve({
    pullExpiresMs: PULL_EXPIRES_MS,
    provision: async (pool, queueLength) => broker.provision(pool, queueLength),
    listener: async (name) => {
      const port = broker.listener(name);
      const record = new ListenerRecord();
      port.attach(record);
      connections.push(port.connection);
      return { name, port, record, breakConnection: breakOf(port.connection) };
    },
    worker: async (pool, name) => {
      const port = broker.worker(pool, name);
      const record = new WorkerRecord();
      port.attach(record);
      connections.push(port.connection);
      const end = async (): Promise<void> => port.connection.end();
      return { name, port, record, breakConnection: breakOf(port.connection), end };
    },
    settle,
    passTime: async (ms) => {
      await settle();
      clock.advance(ms);
      await settle();
    },
    stopBroker: async () => {
      broker.restart();
      await settle();
    },
    startBroker: async () => {
      for (const connection of connections) connection.restore();
      await settle();
    },
    [Symbol.asyncDispose]: async () => {
      assert.ok(broker.failures.every((thrown) => String(thrown).includes("thrown by the test")));
    },
  });
}

describeRequestQueue("the in-memory broker", makeHarness);

test("channels may be stepped in any order, and each keeps its own", async () => {
  const scheduler = new ChannelScheduler();
  const broker = new InMemoryBroker({ clock: new ManualClock(), scheduler });
  const port = broker.listener("l1");
  const record = new ListenerRecord();
  port.attach(record);
  const workers = ["w1", "w2"].map((name) => broker.worker("shop", name));
  for (const index of [1, 2, 3])
    for (const worker of workers) worker.send("l1", Buffer.from(String(index)));
  scheduler.choose = (channels) => channels.at(-1)!;
  scheduler.run();
  assert.deepEqual(
    record.heard.map(({ worker, text }) => worker.worker + text),
    ["w21", "w22", "w23", "w11", "w12", "w13"],
  );
});
