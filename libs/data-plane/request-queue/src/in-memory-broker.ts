// The in-memory twin of NATS, as far as the two ports of the request queue reach: work queues, core
// subjects between listeners and workers, connections that break, a broker that restarts. The contract
// suite (conformance.ts) proves it equal to the real one, so that the protocol may be tested on it.

import type { Clock } from "@penstock/foundation";
import type { ChannelScheduler } from "./channel-scheduler.ts";
import { InMemoryConnection } from "./in-memory-connection.ts";
import { InMemoryQueue } from "./in-memory-queue.ts";
import { InMemoryRequestDispatch } from "./in-memory-request-dispatch.ts";
import { InMemoryRequestReceiver } from "./in-memory-request-receiver.ts";

/** Life of a pull, milliseconds: what the NATS port asks for. */
const PULL_EXPIRES_MS = 500;

/** What an {@link InMemoryBroker} is made of. */
export interface InMemoryBrokerParts {
  readonly clock: Clock;
  readonly scheduler: ChannelScheduler;
  readonly pullExpiresMs?: number;
}

/** A broker in this process. Nothing happens until its scheduler is stepped. */
export class InMemoryBroker {
  /** Every connection that was ever made. */
  readonly connections: InMemoryConnection[] = [];
  /** What callbacks threw. */
  readonly failures: unknown[] = [];
  readonly clock: Clock;
  readonly #scheduler: ChannelScheduler;
  readonly #pullExpiresMs: number;
  readonly #queues = new Map<string, InMemoryQueue>();
  readonly #listeners = new Map<string, InMemoryRequestDispatch>();
  readonly #workers = new Map<string, InMemoryRequestReceiver>();
  #generation = 1;

  constructor(parts: InMemoryBrokerParts) {
    this.clock = parts.clock;
    this.#scheduler = parts.scheduler;
    this.#pullExpiresMs = parts.pullExpiresMs ?? PULL_EXPIRES_MS;
  }

  /** Makes a pool's queue exist. What stands is left as it is. */
  provision(pool: string, queueLength: number): void {
    if (!this.#queues.has(pool))
      this.#queues.set(pool, new InMemoryQueue(this.clock, queueLength, this.#pullExpiresMs));
  }

  /** Removes a pool's queue and what waits in it. */
  removeQueue(pool: string): void {
    this.#queues.get(pool)?.close();
    this.#queues.delete(pool);
  }

  queue(pool: string): InMemoryQueue | undefined {
    return this.#queues.get(pool);
  }

  /** A listener's port, connected. */
  listener(name: string): InMemoryRequestDispatch {
    const connection = this.#connect(`listener ${name}`, () => {});
    const port = new InMemoryRequestDispatch(this, connection, name);
    this.#listeners.set(name, port);
    return port;
  }

  /** A worker's port, connected. */
  worker(pool: string, name: string): InMemoryRequestReceiver {
    const connection = this.#connect(`worker ${name}`, () => {
      for (const queue of this.#queues.values()) queue.dropPulls(port);
    });
    const port = new InMemoryRequestReceiver(this, connection, { pool, worker: name });
    this.#workers.set(workerKey(pool, name), port);
    return port;
  }

  /** The port of a listener that the broker can reach. */
  liveListener(name: string): InMemoryRequestDispatch | undefined {
    const port = this.#listeners.get(name);
    return port?.connection.live === true ? port : undefined;
  }

  /** The port of a worker that the broker can reach. */
  liveWorker(pool: string, name: string): InMemoryRequestReceiver | undefined {
    const port = this.#workers.get(workerKey(pool, name));
    return port?.connection.live === true ? port : undefined;
  }

  /** Breaks every connection and loses every queue: they are in memory. Somebody has to provision them again. */
  restart(): void {
    this.#generation++;
    for (const connection of this.connections) connection.break();
    for (const pool of this.#queues.keys()) this.removeQueue(pool);
  }

  #connect(name: string, gone: () => void): InMemoryConnection {
    const connection = new InMemoryConnection(name, {
      scheduler: this.#scheduler,
      generation: () => this.#generation,
      gone,
      failed: (thrown) => this.failures.push(thrown),
    });
    this.connections.push(connection);
    return connection;
  }
}

const workerKey = (pool: string, worker: string): string => `${pool} ${worker}`;
