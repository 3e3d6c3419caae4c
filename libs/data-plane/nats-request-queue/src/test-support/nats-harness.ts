// The contract suite's harness over real connections to a real nats-server.

import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { NatsLink } from "@penstock/nats-connection";
import { ListenerRecord, WorkerRecord, type QueueHarness } from "@penstock/request-queue/testing";
import { JetStreamRequestDispatch } from "../jetstream-request-dispatch.ts";
import { JetStreamRequestReceiver } from "../jetstream-request-receiver.ts";
import { NatsBroker } from "./nats-broker.ts";

const PULL_EXPIRES_MS = 700;

/** How long the suite waits for what should come, milliseconds. */
const PATIENCE_MS = 10_000;

interface Connected {
  readonly link: NatsLink;
  readonly record: { readonly connection: readonly string[] };
}

/** A broker of its own for each test. */
export async function makeNatsHarness(): Promise<QueueHarness> {
  const broker = await NatsBroker.start();
  const ends: Connected[] = [];
  const settle = async (): Promise<void> => {
    await broker.flush();
    await sleep(10);
    await broker.flush();
  };
  return {
    pullExpiresMs: PULL_EXPIRES_MS,
    provision: (pool, queueLength) => broker.provision(pool, queueLength),
    listener: async (name) => {
      const link = await broker.connect(name);
      const port = new JetStreamRequestDispatch(link, name, setImmediate);
      const record = new ListenerRecord();
      port.attach(record);
      ends.push({ link, record });
      await link.connection.flush();
      return { name, port, record, breakConnection: () => breakConnection({ link, record }) };
    },
    worker: async (pool, name) => {
      const link = await broker.connect(name);
      const names = { pool, worker: name, inbox: `_W.${ends.length}.pull` };
      const port = new JetStreamRequestReceiver(link, names, PULL_EXPIRES_MS);
      const record = new WorkerRecord();
      port.attach(record);
      ends.push({ link, record });
      await link.connection.flush();
      return {
        name,
        port,
        record,
        breakConnection: () => breakConnection({ link, record }),
        end: () => link.connection.close(),
      };
    },
    settle,
    passTime: async (ms) => {
      await settle();
      await sleep(ms);
      await settle();
    },
    stopBroker: async () => {
      await broker.stop();
      await eventually(() => ends.every(({ record }) => record.connection.length % 2 === 1));
    },
    startBroker: async () => {
      await broker.startAgain();
      await eventually(() => broker.connected);
      await eventually(() => ends.every(({ record }) => record.connection.length % 2 === 0));
    },
    [Symbol.asyncDispose]: async () => {
      await broker[Symbol.asyncDispose]();
      const unexpected = broker.failures.filter((text) => !text.includes("thrown by the test"));
      assert.deepEqual(unexpected, []);
    },
  };
}

async function breakConnection({ link, record }: Connected): Promise<void> {
  const before = record.connection.length;
  await link.connection.reconnect();
  await eventually(() => record.connection.length === before + 2);
}

async function eventually(holds: () => boolean): Promise<void> {
  const until = performance.now() + PATIENCE_MS;
  while (!holds()) {
    if (performance.now() > until) throw new Error("waited in vain");
    await sleep(5);
  }
}
