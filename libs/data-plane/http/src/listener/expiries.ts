// What becomes of a connection, or of the request on it, when a time limit has passed (connection-clock.ts,
// body-pace.ts). Who can still be answered gets a refusal; all others are cut off.
//
//   Timer_HeaderWait                          408, closed
//   Timer_EntityBody         no answer yet    408, closed
//   Timer_EntityBody         answer begun     cut
//   Timer_ConnectionIdle                      closed
//   Timer_MinBytesPerSecond                   cut
//
// Of HTTP/2 it is the stream that is refused or cut.

import type { Socket } from "node:net";
import type { ReasonPhrase } from "@penstock/domain";
import type { Dispatcher } from "@penstock/request-queue";
import type { ConnectionExpiry } from "./connection-clock.ts";
import { connectionState } from "./connection-state.ts";
import type { HttpExchange } from "./http-exchange.ts";
import type { HttpObserver } from "./listener-http.ts";

/** What {@link Expiries} need. */
export interface ExpiriesParts {
  readonly dispatcher: Pick<Dispatcher, "giveUp">;
  readonly observer: Pick<HttpObserver, "timedOut">;
  /** Refuses what has not become a request. */
  readonly refuse: (socket: Socket, reason: ReasonPhrase) => void;
}

/** Ends what took too long. */
export class Expiries {
  readonly #parts: ExpiriesParts;

  constructor(parts: ExpiriesParts) {
    this.#parts = parts;
  }

  /** A limit passed on a connection of HTTP/1.1. */
  readonly connection = (socket: Socket, expiry: ConnectionExpiry): void => {
    const { exchange } = connectionState(socket);
    if (exchange) return this.#ended(exchange, expiry, () => socket.destroy());
    this.#parts.observer.timedOut(expiry, socket, undefined);
    if (expiry === "Timer_HeaderWait") this.#parts.refuse(socket, expiry);
    else socket.destroy();
  };

  /** A limit passed for a stream of HTTP/2. */
  readonly stream = (exchange: HttpExchange, expiry: ConnectionExpiry): void => {
    this.#ended(exchange, expiry, () => exchange.response.destroy());
  };

  /** A request waits in its queue for longer than its URL group allows. */
  readonly queuedTooLong = (exchange: HttpExchange): void => {
    const { name, settings } = exchange.group;
    const seconds = settings.timeouts.requestQueueMs / 1000;
    const detail = `No worker was free within ${seconds} s (requestQueue of URL group "${name}").`;
    this.#parts.dispatcher.giveUp(exchange, "Timer_ReqQueue", detail);
  };

  #ended(exchange: HttpExchange, expiry: ConnectionExpiry, cut: () => void): void {
    this.#parts.observer.timedOut(expiry, exchange.request.socket, exchange);
    if (expiry === "Timer_EntityBody" && !exchange.response.headersSent) {
      this.#parts.dispatcher.giveUp(exchange, expiry, entityBodyDetail(exchange));
    } else {
      exchange.refusedFor = expiry;
      cut();
    }
  }
}

function entityBodyDetail({ group }: HttpExchange): string {
  const { entityBodyMs, minReceiveRate } = group.settings.timeouts;
  const rate =
    minReceiveRate === 0 ? "" : `, or it came slower than ${minReceiveRate} B/s for long`;
  return `Nothing more of the body came within ${entityBodyMs / 1000} s${rate} (timeouts of URL group "${group.name}").`;
}
