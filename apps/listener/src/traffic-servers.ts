// The ports of the moment: opened when a prefix names them, closed when none does any more, tried again
// while another program holds one. A port that cannot be opened takes only its own pools with it.

import type { CancelTimer, Clock } from "@penstock/foundation";
import { ServiceError } from "@penstock/foundation";
import type { RoutedPort } from "@penstock/domain";
import type { ListenerEvents } from "./listener-events.ts";
import { TrafficServer, type TrafficHandler } from "./traffic-server.ts";

/** How long until a port that could not be opened is tried again, milliseconds. */
const RETRY_MS = 5000;

/** What {@link TrafficServers} needs. */
export interface TrafficServersParts {
  readonly address: string;
  readonly handler: TrafficHandler;
  readonly events: ListenerEvents;
  readonly clock: Clock;
}

/** All open ports of a listener. */
export class TrafficServers implements AsyncDisposable {
  readonly #parts: TrafficServersParts;
  readonly #open = new Map<number, TrafficServer>();
  #wanted: readonly RoutedPort[] = [];
  #turn: Promise<void> = Promise.resolve();
  #retry: CancelTimer = () => {};
  #closed = false;

  constructor(parts: TrafficServersParts) {
    this.#parts = parts;
  }

  get ports(): number[] {
    return [...this.#open.keys()];
  }

  get connections(): number {
    let sum = 0;
    for (const server of this.#open.values()) sum += server.connections;
    return sum;
  }

  /** Makes the open ports those of the table. Resolves when each was opened or could not be. */
  follow(ports: readonly RoutedPort[]): Promise<void> {
    this.#wanted = ports;
    this.#turn = this.#turn.then(() => this.#adjust());
    return this.#turn;
  }

  /** Stops listening and waits for running requests. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#retry();
    await this.#turn;
    await Promise.all(Array.from(this.#open.values(), (server) => server[Symbol.asyncDispose]()));
  }

  /** Cuts what is still connected. */
  destroyConnections(): void {
    for (const server of this.#open.values()) server.destroyConnections();
  }

  async #adjust(): Promise<void> {
    if (this.#closed) return;
    for (const [port, server] of this.#open) {
      if (this.#wanted.some((wanted) => wanted.port === port)) continue;
      this.#open.delete(port);
      void server[Symbol.asyncDispose]();
    }
    let missing = false;
    for (const { port, scheme } of this.#wanted) {
      if (this.#open.has(port)) continue;
      if (scheme === "https") {
        this.#parts.events.notOpened(
          port,
          `port ${port} is for https, which this version does not serve.`,
          "Use http behind a TLS proxy.",
        );
      } else if (!(await this.#tryOpen(port))) {
        missing = true;
      }
    }
    this.#retry();
    if (missing)
      this.#retry = this.#parts.clock.after(RETRY_MS, () => void this.follow(this.#wanted));
  }

  async #tryOpen(port: number): Promise<boolean> {
    const { address, handler, events } = this.#parts;
    try {
      this.#open.set(port, await TrafficServer.open(address, port, handler));
      events.opened(address, port);
      return true;
    } catch (thrown) {
      if (!(thrown instanceof ServiceError)) throw thrown;
      events.notOpened(port, thrown.message, thrown.remedy ?? "");
      return false;
    }
  }
}
