// The listener's port on the in-memory broker.

import type { InMemoryBroker } from "./in-memory-broker.ts";
import type { InMemoryConnection } from "./in-memory-connection.ts";
import type { ListenerReceiver, ListenerTransport, QueueView, WorkerAddress } from "./transport.ts";

/** {@link ListenerTransport} on an {@link InMemoryBroker}. */
export class InMemoryRequestDispatch implements ListenerTransport {
  readonly name: string;
  readonly connection: InMemoryConnection;
  readonly #broker: InMemoryBroker;
  readonly #addresses = new Map<string, WorkerAddress>();
  #probes: ((alive: boolean) => void)[] = [];
  #looks: ((view: QueueView) => void)[] = [];
  #receiver: ListenerReceiver | undefined;

  constructor(broker: InMemoryBroker, connection: InMemoryConnection, name: string) {
    this.#broker = broker;
    this.connection = connection;
    this.name = name;
  }

  get connected(): boolean {
    return this.connection.connected;
  }

  attach(receiver: ListenerReceiver): void {
    this.#receiver = receiver;
    this.connection.watcher = {
      disconnected: () => {
        for (const settle of this.#probes) settle(true);
        this.#probes = [];
        for (const settle of this.#looks) settle("unknown");
        this.#looks = [];
        receiver.disconnected();
      },
      reconnected: (brokerRestarted) => receiver.reconnected(brokerRestarted),
    };
  }

  publish(pool: string, exchange: number, envelope: Uint8Array, confirm: boolean): void {
    this.connection.send(() => {
      const queue = this.#broker.queue(pool);
      const sequence = queue?.put(this.name, Buffer.from(envelope));
      if (!confirm) return;
      this.connection.deliver(() => {
        if (sequence !== undefined) this.#receiver?.published(exchange, sequence);
        else if (queue) this.#receiver?.refused(exchange, { kind: "full" });
        else {
          const detail = "the pool has no queue";
          this.#receiver?.refused(exchange, { kind: "unavailable", detail });
        }
      });
    });
  }

  remove(pool: string, sequence: number): void {
    this.connection.send(() => this.#broker.queue(pool)?.remove(sequence));
  }

  look(pool: string, after: number): Promise<QueueView> {
    if (!this.connection.open) return Promise.resolve("unknown");
    return new Promise((resolve) => {
      this.#looks.push(resolve);
      this.connection.send(() => {
        const view = this.#broker.queue(pool)?.oldestOf(this.name, after) ?? "unknown";
        this.connection.deliver(() => {
          this.#looks = this.#looks.filter((other) => other !== resolve);
          resolve(view);
        });
      });
    });
  }

  send({ pool, worker }: WorkerAddress, frames: Uint8Array): void {
    this.connection.send(() => this.#broker.liveWorker(pool, worker)?.frames(Buffer.from(frames)));
  }

  probe({ pool, worker }: WorkerAddress): Promise<boolean> {
    if (!this.connected) return Promise.resolve(true);
    return new Promise((resolve) => {
      this.#probes.push(resolve);
      this.connection.send(() => {
        const alive = this.#broker.liveWorker(pool, worker) !== undefined;
        this.connection.deliver(() => {
          this.#probes = this.#probes.filter((other) => other !== resolve);
          resolve(alive);
        });
      });
    });
  }

  forget({ pool, worker }: WorkerAddress): void {
    this.#addresses.delete(`${pool} ${worker}`);
  }

  /** The broker has frames from a worker. */
  frames(pool: string, worker: string, message: Uint8Array): void {
    this.connection.deliver(() => this.#receiver?.frames(this.#address(pool, worker), message));
  }

  #address(pool: string, worker: string): WorkerAddress {
    const key = `${pool} ${worker}`;
    let address = this.#addresses.get(key);
    if (!address) {
      address = { pool, worker };
      this.#addresses.set(key, address);
    }
    return address;
  }
}
