// Listeners and workers, whole but for their HTTP sides, on a real nats-server and the real clock.

import assert from "node:assert/strict";
import { systemClock } from "@penstock/foundation";
import type { NatsLink } from "@penstock/nats-connection";
import { Dispatcher, PoolQueue, RequestReceiver } from "@penstock/request-queue";
import {
  RecordedApplication,
  RecordedExchange,
  RecordedObserver,
  type RecordedRequest,
} from "@penstock/request-queue/testing";
import { untilWithin } from "@penstock/testing";
import { JetStreamRequestDispatch } from "../jetstream-request-dispatch.ts";
import { JetStreamRequestReceiver } from "../jetstream-request-receiver.ts";
import { NatsBroker } from "./nats-broker.ts";

/** A listener process. */
export interface NatsListener {
  readonly link: NatsLink;
  readonly dispatcher: Dispatcher;
  readonly observer: RecordedObserver;
  ask(asked?: Omit<Partial<RecordedRequest>, "pool">): RecordedExchange;
}

/** A worker process. */
export interface NatsWorker {
  readonly link: NatsLink;
  readonly receiver: RequestReceiver;
  readonly application: RecordedApplication;
}

/** One pool on one broker. */
export class NatsWorld implements AsyncDisposable {
  readonly broker: NatsBroker;

  private constructor(broker: NatsBroker) {
    this.broker = broker;
  }

  static async start(): Promise<NatsWorld> {
    const broker = await NatsBroker.start();
    await broker.provision("shop", 1000);
    return new NatsWorld(broker);
  }

  async listener(name: string): Promise<NatsListener> {
    const link = await this.broker.connect(name);
    const observer = new RecordedObserver();
    const transport = new JetStreamRequestDispatch(link, name, setImmediate);
    const clock = systemClock;
    const dispatcher = new Dispatcher({ transport, clock, defer: setImmediate, observer });
    const pool = new PoolQueue({
      name: "shop",
      urlGroups: [],
      queueLength: 1000,
      queueTimeoutMs: 60_000,
      requestTimeoutMs: 0,
      startupTimeLimitMs: 90_000,
      delivery: { redispatch: "idempotent", maxAttempts: 3 },
      responseHeaders: "plain",
    });
    let asked = 0;
    await link.connection.flush();
    return {
      link,
      dispatcher,
      observer,
      ask: (request = {}) => {
        const target = `/${name}-${++asked}`;
        const exchange = new RecordedExchange({
          dispatcher,
          pool,
          listener: name,
          target,
          ...request,
        });
        dispatcher.dispatch(exchange);
        return exchange;
      },
    };
  }

  async worker(name: string, slots = 8): Promise<NatsWorker> {
    const link = await this.broker.connect(name);
    const application = new RecordedApplication();
    const names = { pool: "shop", worker: name, inbox: `_W.${name}.pull` };
    const receiver = new RequestReceiver({
      transport: new JetStreamRequestReceiver(link, names),
      host: application,
      clock: systemClock,
      epochNow: Date.now,
      defer: setImmediate,
      slots,
      changed: () => assert.ok(receiver.running <= slots),
      malformed: (what) => assert.fail(what),
    });
    receiver.receive();
    return { link, receiver, application };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.broker[Symbol.asyncDispose]();
    assert.deepEqual(this.broker.failures, []);
  }
}

/** Waits until something holds. */
export const until = untilWithin(20_000);
