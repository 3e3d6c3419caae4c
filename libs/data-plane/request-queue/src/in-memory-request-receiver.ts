// The worker's port on the in-memory broker.

import type { InMemoryBroker } from "./in-memory-broker.ts";
import type { InMemoryConnection } from "./in-memory-connection.ts";
import type { Puller } from "./in-memory-queue.ts";
import type { WorkerAddress, WorkerReceiver, WorkerTransport } from "./transport.ts";

/** How long a pull at a queue that does not exist waits for its answer, milliseconds. */
const NO_QUEUE_MS = 100;

/** {@link WorkerTransport} on an {@link InMemoryBroker}. */
export class InMemoryRequestReceiver implements WorkerTransport, Puller {
  readonly connection: InMemoryConnection;
  readonly #broker: InMemoryBroker;
  readonly #address: WorkerAddress;
  /** Requests asked for and neither delivered nor given up. */
  #open = 0;
  #stopping: (() => void)[] = [];
  #receiver: WorkerReceiver | undefined;

  constructor(broker: InMemoryBroker, connection: InMemoryConnection, address: WorkerAddress) {
    this.#broker = broker;
    this.connection = connection;
    this.#address = address;
  }

  attach(receiver: WorkerReceiver): void {
    this.#receiver = receiver;
    this.connection.watcher = {
      disconnected: () => {
        this.#close(this.#open);
        receiver.disconnected();
      },
      reconnected: () => receiver.reconnected(),
    };
  }

  pull(count: number): void {
    if (!this.connection.connected) return;
    this.#open += count;
    this.connection.send(() => {
      const queue = this.#broker.queue(this.#address.pool);
      if (queue) queue.pull(this, count);
      else this.#refuse(count);
    });
  }

  send(listener: string, frames: Uint8Array): void {
    const { pool, worker } = this.#address;
    this.connection.send(() =>
      this.#broker.liveListener(listener)?.frames(pool, worker, Buffer.from(frames)),
    );
  }

  stopPulling(): Promise<void> {
    if (this.#open === 0) return Promise.resolve();
    return new Promise((resolve) => this.#stopping.push(resolve));
  }

  /** The broker has frames from a listener. */
  frames(message: Uint8Array): void {
    this.connection.deliver(() => this.#receiver?.frames(message));
  }

  give(message: Uint8Array): void {
    this.connection.deliver(() => {
      this.#close(1);
      this.#receiver?.delivered(message);
    });
  }

  unanswered(count: number): void {
    this.connection.deliver(() => {
      this.#close(count);
      this.#receiver?.unanswered(count);
    });
  }

  #refuse(count: number): void {
    const { session } = this.connection;
    this.#broker.clock.after(NO_QUEUE_MS, () => {
      if (this.connection.session === session) this.unanswered(count);
    });
  }

  #close(count: number): void {
    this.#open = Math.max(0, this.#open - count);
    if (this.#open > 0) return;
    const stopping = this.#stopping;
    this.#stopping = [];
    for (const resolve of stopping) resolve();
  }
}
