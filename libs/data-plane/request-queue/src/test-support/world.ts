// A small world for protocol tests: listeners and workers, whole processes less their HTTP sides, on the
// in-memory broker, with a clock that a test moves. Raw ends let a test speak the protocol itself.

import assert from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import { ManualClock } from "@penstock/testing";
import type { RoutedPool } from "@penstock/wire";
import { ChannelScheduler, type Channel } from "../channel-scheduler.ts";
import { Dispatcher } from "../dispatcher.ts";
import { InMemoryBroker } from "../in-memory-broker.ts";
import type { InMemoryConnection } from "../in-memory-connection.ts";
import { PoolQueue } from "../pool-queue.ts";
import { RequestReceiver } from "../request-receiver.ts";
import { ProcessLife } from "./process-life.ts";
import { RawListener } from "./raw-listener.ts";
import { RawWorker } from "./raw-worker.ts";
import { RecordedApplication } from "./recorded-application.ts";
import { RecordedExchange, type RecordedRequest } from "./recorded-exchange.ts";
import { RecordedObserver } from "./recorded-observer.ts";

/** A pool's record with what most tests want. */
export function routedPool(name: string, changes: Partial<RoutedPool> = {}): RoutedPool {
  return {
    name,
    urlGroups: [],
    queueLength: 100,
    queueTimeoutMs: 30_000,
    requestTimeoutMs: 0,
    startupTimeLimitMs: 90_000,
    delivery: { redispatch: "idempotent", maxAttempts: 3 },
    responseHeaders: "plain",
    ...changes,
  };
}

/** What a test says about a request besides where it goes. */
export type Asked = Omit<Partial<RecordedRequest>, "pool"> & { readonly pool?: string };

/** A listener process. */
export interface ListenerProcess {
  readonly name: string;
  readonly dispatcher: Dispatcher;
  readonly observer: RecordedObserver;
  readonly connection: InMemoryConnection;
  readonly life: ProcessLife;
  pool(name?: string): PoolQueue;
  /** A request that was dispatched. */
  ask(asked?: Asked): RecordedExchange;
}

/** A worker process. */
export interface WorkerProcess {
  readonly name: string;
  readonly pool: string;
  readonly receiver: RequestReceiver;
  readonly application: RecordedApplication;
  readonly connection: InMemoryConnection;
  readonly life: ProcessLife;
  /** Messages that it could not read. */
  readonly malformed: string[];
  /** The process is gone, without a word. */
  crash(): void;
}

/** Everything in one place. */
export class World {
  readonly clock = new ManualClock(1_000_000);
  readonly scheduler = new ChannelScheduler();
  readonly broker: InMemoryBroker;
  readonly #routes = new Map<string, RoutedPool>();

  /** Pools have queues from the start. */
  constructor(...routes: readonly RoutedPool[]) {
    this.broker = new InMemoryBroker({ clock: this.clock, scheduler: this.scheduler });
    for (const route of routes.length > 0 ? routes : [routedPool("shop")])
      this.#routes.set(route.name, route);
    this.provision();
  }

  /** Makes all queues exist, as the controller does. */
  provision(): void {
    for (const { name, queueLength } of this.#routes.values())
      this.broker.provision(name, queueLength);
  }

  listener(name = "l1"): ListenerProcess {
    const port = this.broker.listener(name);
    const observer = new RecordedObserver();
    const life = new ProcessLife(this.clock, this.#turns(name), port.connection);
    const dispatcher = new Dispatcher({
      transport: port,
      clock: life,
      defer: (run) => life.turns.push(run),
      observer,
    });
    const pools = new Map<string, PoolQueue>();
    const pool = (poolName = this.#first()): PoolQueue => {
      let queue = pools.get(poolName);
      if (!queue) {
        queue = new PoolQueue(this.#routes.get(poolName) ?? routedPool(poolName));
        pools.set(poolName, queue);
      }
      return queue;
    };
    return {
      name,
      dispatcher,
      observer,
      connection: port.connection,
      life,
      pool,
      ask: ({ pool: poolName, ...asked } = {}) => {
        const request = { dispatcher, listener: name, ...asked, pool: pool(poolName) };
        const exchange = new RecordedExchange(request);
        dispatcher.dispatch(exchange);
        return exchange;
      },
    };
  }

  worker(name = "w1", slots = 4, pool = this.#first()): WorkerProcess {
    const port = this.broker.worker(pool, name);
    const application = new RecordedApplication();
    const malformed: string[] = [];
    const life = new ProcessLife(this.clock, this.#turns(name), port.connection);
    const receiver = new RequestReceiver({
      transport: port,
      host: application,
      clock: life,
      epochNow: () => this.clock.now(),
      defer: (run) => life.turns.push(run),
      slots,
      changed: () => assert.ok(receiver.running <= slots, "more in hand than slots"),
      malformed: (what) => malformed.push(what),
    });
    receiver.receive();
    return {
      name,
      pool,
      receiver,
      application,
      connection: port.connection,
      life,
      malformed,
      crash: () => life.crash(),
    };
  }

  /** A listener's end that a test speaks for. */
  rawListener(name = "raw"): RawListener {
    return new RawListener(this.broker.listener(name), this.#first());
  }

  /** A worker's end that a test speaks for. */
  rawWorker(name = "w1", pool = this.#first()): RawWorker {
    return new RawWorker(this.broker.worker(pool, name));
  }

  /** Lets everything happen that is under way. */
  async settle(): Promise<void> {
    do {
      this.scheduler.run();
      await turn();
    } while (this.scheduler.step());
  }

  /** Moves time in small steps, and lets happen what each step brings. */
  async pass(ms: number, stepMs = 100): Promise<void> {
    await this.settle();
    for (let left = ms; left > 0; left -= stepMs) {
      this.clock.advance(Math.min(left, stepMs));
      await this.settle();
    }
  }

  /** The broker is gone and comes back empty; every connection notices both. */
  async restartBroker(): Promise<void> {
    this.broker.restart();
    await this.settle();
    for (const connection of this.broker.connections) connection.restore();
    this.provision();
    await this.settle();
  }

  /** Breaks a connection and brings it back, with time enough for both to be noticed. */
  async breakConnection({ connection }: { connection: InMemoryConnection }): Promise<void> {
    connection.break();
    await this.settle();
    connection.restore();
    await this.settle();
  }

  #first(): string {
    return this.#routes.keys().next().value ?? "shop";
  }

  #turns(name: string): Channel {
    return this.scheduler.channel(`turns of ${name}`);
  }
}
