// Looks at every HTTP/1.1 connection once a second, for the time limits of its URL group. One timer for all
// of them, and no work when requests come: a limit is kept to a second.

import type { Socket } from "node:net";
import type { CancelTimer, Clock } from "@penstock/foundation";
import { httpSysUrlGroup, type UrlGroupTimeouts } from "@penstock/domain";
import { ConnectionClock, type ConnectionExpiry } from "./connection-clock.ts";
import { connectionState, type ConnectionState } from "./connection-state.ts";

/** Between two looks, milliseconds. */
const LOOK_MS = 1000;

/** What holds on a connection before its first request tells whose it is. */
export type FirstTimeouts = Pick<UrlGroupTimeouts, "idleConnectionMs" | "headerWaitMs">;

/** What a {@link ConnectionWatch} needs. */
export interface ConnectionWatchParts {
  readonly clock: Clock;
  readonly timeouts: FirstTimeouts;
  /** A limit passed on this connection. */
  readonly expired: (socket: Socket, expiry: ConnectionExpiry) => void;
  /** This connection's request waits in its queue for longer than its group allows. */
  readonly queuedTooLong: (connection: ConnectionState) => void;
}

/** All connections of a listener. */
export class ConnectionWatch implements Disposable {
  readonly #parts: ConnectionWatchParts;
  readonly #first: UrlGroupTimeouts;
  readonly #connections = new Map<Socket, ConnectionClock>();
  #next: CancelTimer = () => {};

  constructor(parts: ConnectionWatchParts) {
    this.#parts = parts;
    this.#first = { ...httpSysUrlGroup.timeouts, ...parts.timeouts };
  }

  /** Watches a connection until it is closed. */
  add(socket: Socket): void {
    if (this.#connections.size === 0) this.#arm();
    this.#connections.set(socket, new ConnectionClock(this.#parts.clock.now()));
    socket.once("close", () => {
      this.#connections.delete(socket);
      if (this.#connections.size === 0) this.#next();
    });
  }

  [Symbol.dispose](): void {
    this.#next();
    this.#connections.clear();
  }

  #arm(): void {
    this.#next = this.#parts.clock.after(LOOK_MS, () => {
      this.#arm();
      this.#look();
    });
  }

  #look(): void {
    const now = this.#parts.clock.now();
    for (const [socket, clock] of this.#connections) {
      const connection = connectionState(socket);
      // It has a time limit of its own.
      if (connection.closing) continue;
      const { exchange, group } = connection;
      const timeouts = group?.settings.timeouts ?? this.#first;
      const expiry = clock.look(now, {
        read: socket.bytesRead,
        written: socket.bytesWritten,
        pending: socket.writableLength,
        doing: exchange ? (exchange.awaitsBody ? "body" : "other") : "nothing",
        timeouts,
      });
      if (expiry) this.#parts.expired(socket, expiry);
      else if (exchange?.state === "waiting" && timeouts.requestQueueMs > 0)
        if (now - exchange.admittedAt >= timeouts.requestQueueMs)
          this.#parts.queuedTooLong(connection);
    }
  }
}
