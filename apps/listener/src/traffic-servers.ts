// The ports of the moment: opened when a prefix names them, closed when none does any more, tried again
// while another program holds one. A port that cannot be opened takes only its own pools with it.

import type { CancelTimer, Clock } from "@penstock/foundation";
import { ServiceError } from "@penstock/foundation";
import type { RoutedPort } from "@penstock/domain";
import type { ListenerEvents } from "./listener-events.ts";
import type { CurrentEdge } from "./edge/current-edge.ts";
import type { EdgeEvents } from "./edge/edge-events.ts";
import { FrontedServer, type FrontedServerParts } from "./edge/fronted-server.ts";
import { TrafficServer, type TrafficHandler } from "./traffic-server.ts";

/** How long until a port that could not be opened is tried again, milliseconds. */
const RETRY_MS = 5000;

/** What {@link TrafficServers} needs. */
export interface TrafficServersParts {
  readonly address: string;
  readonly handler: TrafficHandler;
  readonly refuse: FrontedServerParts["refuse"];
  readonly edge: CurrentEdge;
  readonly edgeEvents: EdgeEvents;
  readonly events: ListenerEvents;
  readonly clock: Clock;
}

/** An open port, and what it was opened for. */
interface OpenPort {
  readonly server: TrafficServer | FrontedServer;
  readonly kind: string;
}

/** All open ports of a listener. */
export class TrafficServers implements AsyncDisposable {
  readonly #parts: TrafficServersParts;
  readonly #open = new Map<number, OpenPort>();
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
    for (const { server } of this.#open.values()) sum += server.connections;
    return sum;
  }

  get http2Connections(): number {
    let sum = 0;
    for (const { server } of this.#open.values())
      if (server instanceof FrontedServer) sum += server.http2Connections;
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
    await Promise.all(
      Array.from(this.#open.values(), ({ server }) => server[Symbol.asyncDispose]()),
    );
  }

  /** Cuts what is still connected. */
  destroyConnections(): void {
    for (const { server } of this.#open.values()) server.destroyConnections();
  }

  async #adjust(): Promise<void> {
    if (this.#closed) return;
    for (const [port, { server, kind }] of this.#open) {
      const wanted = this.#wanted.find((each) => each.port === port);
      if (wanted && this.#kindOf(wanted) === kind) continue;
      this.#open.delete(port);
      void server[Symbol.asyncDispose]();
    }
    let missing = false;
    for (const wanted of this.#wanted) {
      if (this.#open.has(wanted.port)) continue;
      if (!(await this.#tryOpen(wanted))) missing = true;
    }
    this.#retry();
    if (missing)
      this.#retry = this.#parts.clock.after(RETRY_MS, () => void this.follow(this.#wanted));
  }

  #kindOf(wanted: RoutedPort): string {
    return this.#parts.edge.hasFront(wanted) ? `front ${wanted.scheme}` : "plain";
  }

  async #tryOpen(wanted: RoutedPort): Promise<boolean> {
    const { address, handler, refuse, edge, edgeEvents, events } = this.#parts;
    const { port, scheme } = wanted;
    const { certificates, expectsProxyHeader } = edge;
    if (scheme === "https" && certificates.fallback === undefined) {
      events.notOpened(
        port,
        `port ${port} is for https, and there is no certificate that can be used.`,
        "Name one under tls.certificates; what is wrong with one that is named, was said before.",
      );
      return false;
    }
    try {
      const server = edge.hasFront(wanted)
        ? await FrontedServer.open(address, wanted, {
            handler,
            refuse,
            certificates,
            expectsProxyHeader,
            events: edgeEvents,
          })
        : await TrafficServer.open(address, port, handler);
      this.#open.set(port, { server, kind: this.#kindOf(wanted) });
      events.opened(address, port);
      return true;
    } catch (thrown) {
      if (!(thrown instanceof ServiceError)) throw thrown;
      events.notOpened(port, thrown.message, thrown.remedy ?? "");
      return false;
    }
  }
}
