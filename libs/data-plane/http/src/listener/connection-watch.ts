// Looks at every HTTP/1.1 connection, and every stream of HTTP/2, once a second, for the time limits of its URL
// group. One timer for all of them, and no work when requests come: a limit is kept to a second.

import type { Socket } from "node:net";
import type { CancelTimer, Clock } from "@penstock/foundation";
import { httpSysUrlGroup, type UrlGroupTimeouts } from "@penstock/domain";
import { BodyPace } from "./body-pace.ts";
import { heedClientEnd } from "./client-end.ts";
import { ConnectionClock, type ConnectionExpiry } from "./connection-clock.ts";
import { connectionState } from "./connection-state.ts";
import type { HttpExchange } from "./http-exchange.ts";

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
  /** A limit passed for one stream of a connection. */
  readonly streamExpired: (exchange: HttpExchange, expiry: ConnectionExpiry) => void;
  /** This request waits in its queue for longer than its group allows. */
  readonly queuedTooLong: (exchange: HttpExchange) => void;
}

/** How much of an answer its client has not taken. */
interface Unsent {
  readonly unsentBytes: number;
}

interface WatchedStream {
  readonly clock: ConnectionClock;
  readonly response: Unsent;
}

/** All connections of a listener. */
export class ConnectionWatch implements Disposable {
  readonly #parts: ConnectionWatchParts;
  readonly #first: UrlGroupTimeouts;
  readonly #connections = new Map<Socket, ConnectionClock>();
  readonly #streams = new Map<HttpExchange, WatchedStream>();
  #armed = false;
  #next: CancelTimer = () => {};

  constructor(parts: ConnectionWatchParts) {
    this.#parts = parts;
    this.#first = { ...httpSysUrlGroup.timeouts, ...parts.timeouts };
  }

  /** Watches a connection of HTTP/1.1 until it is closed. */
  add(socket: Socket): void {
    this.#arm();
    this.#connections.set(socket, new ConnectionClock(this.#parts.clock.now()));
    socket.once("close", () => this.release(socket));
    heedClientEnd(socket, this.#parts.clock);
  }

  /** What is left of this connection has no time limit here. */
  release(socket: Socket): void {
    this.#connections.delete(socket);
    this.#disarm();
  }

  /** Watches a request that has a stream of its own until {@link leaveStream}. */
  addStream(exchange: HttpExchange, response: Unsent): void {
    this.#arm();
    this.#streams.set(exchange, {
      clock: new ConnectionClock(this.#parts.clock.now()),
      response,
    });
  }

  leaveStream(exchange: HttpExchange): void {
    if (this.#streams.delete(exchange)) this.#disarm();
  }

  [Symbol.dispose](): void {
    this.#connections.clear();
    this.#streams.clear();
    this.#disarm();
  }

  #arm(): void {
    if (this.#armed) return;
    this.#armed = true;
    this.#next = this.#parts.clock.after(LOOK_MS, () => {
      this.#armed = false;
      this.#arm();
      this.#look();
    });
  }

  #disarm(): void {
    if (this.#connections.size > 0 || this.#streams.size > 0) return;
    this.#next();
    this.#armed = false;
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
      else if (exchange && comesTooSlowly(now, exchange))
        this.#parts.expired(socket, "Timer_EntityBody");
      else if (exchange) this.#lookAtQueue(now, exchange);
    }
    for (const [exchange, { clock, response }] of this.#streams) {
      const expiry = clock.look(now, {
        read: exchange.receivedBytes,
        written: exchange.sentBytes,
        pending: response.unsentBytes,
        doing: exchange.awaitsBody ? "body" : "other",
        timeouts: exchange.group.settings.timeouts,
      });
      if (expiry) this.#parts.streamExpired(exchange, expiry);
      else if (comesTooSlowly(now, exchange))
        this.#parts.streamExpired(exchange, "Timer_EntityBody");
      else this.#lookAtQueue(now, exchange);
    }
  }

  #lookAtQueue(now: number, exchange: HttpExchange): void {
    const { requestQueueMs } = exchange.group.settings.timeouts;
    if (exchange.state !== "waiting" || requestQueueMs === 0) return;
    if (now - exchange.admittedAt >= requestQueueMs) this.#parts.queuedTooLong(exchange);
  }
}

/** Its body takes more time than it has. The look at a request without a body costs nothing. */
function comesTooSlowly(now: number, exchange: HttpExchange): boolean {
  const { awaitsBody, receivedBytes, group } = exchange;
  if (!awaitsBody && !exchange.bodyPace) return false;
  exchange.bodyPace ??= new BodyPace();
  const look = { awaited: awaitsBody, received: receivedBytes };
  return exchange.bodyPace.tooSlow(now, look, group.settings.timeouts);
}
