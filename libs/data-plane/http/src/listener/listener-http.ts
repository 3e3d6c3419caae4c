// The request path of a listener, from node:http's request event to the dispatch protocol: match, admit,
// dispatch. It is the whole hot path; Fastify owns the server around it, its router is not on the way.

import { IncomingMessage, METHODS, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Clock } from "@penstock/foundation";
import { reasons, type ReasonPhrase } from "@penstock/domain";
import type { Dispatcher, PoolQueue } from "@penstock/request-queue";
import { ClientErrors } from "./client-error.ts";
import { clientFacts } from "./client-facts.ts";
import type { ConnectionExpiry } from "./connection-clock.ts";
import { connectionState, enterGroup, type ConnectionState } from "./connection-state.ts";
import { ConnectionWatch, type FirstTimeouts } from "./connection-watch.ts";
import { HttpExchange } from "./http-exchange.ts";
import { writeRefusal } from "./refusal.ts";
import { fieldsFault, targetFault, type RequestLimits } from "./request-limits.ts";
import { createRequestNames } from "./request-names.ts";
import { requestText, type RequestNames, type RequestText } from "./request-text.ts";
import type { ServedUrlGroup } from "./served-url-group.ts";

/** Finds the URL group of a request, or says why there is none. */
export type MatchRequest = (request: IncomingMessage) => ServedUrlGroup | ReasonPhrase;

/** Counts what was answered. Called on the hot path. */
export interface HttpObserver {
  /** An answer, the application's or ours, was handed to the client's connection. */
  answered(exchange: HttpExchange, status: number, tookMs: number): void;
  /** Body bytes of a request came from its client. */
  received(pool: PoolQueue, bytes: number): void;
  /** Body bytes of an application's answer were handed to the client's connection. */
  sent(pool: PoolQueue, bytes: number): void;
  /** The connection of a request ended before its answer was complete. */
  abandoned(exchange: HttpExchange, tookMs: number): void;
  /** A time limit passed on a connection. */
  timedOut(expiry: ConnectionExpiry, socket: Socket): void;
  /** An answer was shorter than its header promised: the client's connection was cut. */
  brokenOff(pool: PoolQueue, detail: string): void;
  /** A request that belongs to no pool was refused; without `request` it could not even be parsed. */
  unmatched(reason: ReasonPhrase, socket: Socket, request?: IncomingMessage): void;
}

/** What a {@link ListenerHttp} is made of. */
export interface ListenerHttpParts {
  readonly listener: string;
  readonly dispatcher: Dispatcher;
  readonly match: MatchRequest;
  readonly observer: HttpObserver;
  readonly limits: RequestLimits;
  readonly timeouts: FirstTimeouts;
  readonly clock: Clock;
  readonly now: () => number;
}

const EXCHANGE = Symbol("penstock.exchange");

interface HeldResponse extends ServerResponse {
  [EXCHANGE]?: HttpExchange;
  /** What node:http writes into Keep-Alive. Connections are closed by our own watch. */
  _keepAliveTimeout?: number;
}

/** Takes HTTP requests and holds their clients. */
export class ListenerHttp {
  readonly dispatcher: Dispatcher;
  readonly limits: RequestLimits;
  readonly clock: Clock;
  readonly now: () => number;
  readonly #listener: string;
  readonly #match: MatchRequest;
  readonly #observer: HttpObserver;
  readonly #errors: ClientErrors;
  readonly #names: RequestNames = createRequestNames();

  /** `close` listener of every response: `this` is the response. One function for all requests. */
  readonly #closed: (this: HeldResponse) => void;

  constructor(parts: ListenerHttpParts) {
    const { dispatcher } = parts;
    this.#closed = function closed() {
      const exchange = this[EXCHANGE];
      if (!exchange) return;
      const connection = connectionState(exchange.request.socket);
      if (connection.exchange === exchange) connection.exchange = undefined;
      if (exchange.state === "done") return;
      // Otherwise a time limit cut it off.
      if (exchange.refusedFor === "") exchange.refusedFor = "Client_Reset";
      parts.observer.abandoned(exchange, parts.now() - exchange.startedAt);
      dispatcher.leave(exchange);
    };
    this.dispatcher = parts.dispatcher;
    this.limits = parts.limits;
    this.clock = parts.clock;
    this.#errors = new ClientErrors(parts);
    this.clientError = this.#errors.answer;
    this.watch = new ConnectionWatch({
      clock: parts.clock,
      timeouts: parts.timeouts,
      expired: (socket, expiry) => this.#expired(socket, expiry),
      queuedTooLong: ({ exchange }) => {
        if (exchange) dispatcher.giveUp(exchange, "Timer_ReqQueue", queueTimeoutDetail(exchange));
      },
    });
    this.now = parts.now;
    this.#listener = parts.listener;
    this.#match = parts.match;
    this.#observer = parts.observer;
  }

  /** Told of each connection of every traffic server. */
  readonly watch: ConnectionWatch;

  /** The `clientError` listener of every traffic server. */
  readonly clientError: ClientErrors["answer"];

  /** The `request` listener of every traffic server. */
  readonly handle = (request: IncomingMessage, response: HeldResponse): void => {
    const connection = connectionState(request.socket);
    if (connection.last) return;
    const match = this.#headFault(request) ?? this.#match(request);
    if (typeof match === "string") {
      this.#refuse(request, response, match);
      return;
    }
    const client = clientFacts(request.socket);
    const head = requestText(request, this.#listener, client, this.#names);
    const exchange = new HttpExchange(match, this, { request, response, head, client });
    response[EXCHANGE] = exchange;
    response.on("close", this.#closed);
    connection.exchange = exchange;
    response._keepAliveTimeout = match.settings.timeouts.idleConnectionMs;
    const fault = head.fault ?? groupFault(connection, match, { request, head });
    if (fault) this.dispatcher.giveUp(exchange, fault, "");
    else exchange.begin(this.dispatcher);
  };

  /** An exchange has its answer. */
  answered(exchange: HttpExchange, status: number): void {
    this.#observer.answered(exchange, status, this.now() - exchange.startedAt);
  }

  /** A part of the request's body is here. */
  received(exchange: HttpExchange, bytes: number): void {
    exchange.receivedBytes += bytes;
    this.#observer.received(exchange.pool, bytes);
  }

  /** A part of the application's answer went to the client's connection. */
  sent(exchange: HttpExchange, bytes: number): void {
    exchange.sentBytes += bytes;
    this.#observer.sent(exchange.pool, bytes);
  }

  /** An exchange's answer is shorter than it promised. */
  fellShort(exchange: HttpExchange): void {
    this.#observer.brokenOff(exchange.pool, "less body than its Content-Length");
  }

  /** What Node's parser lets through and HTTP/1.1 or the limits do not. */
  #headFault(request: IncomingMessage): ReasonPhrase | undefined {
    const { httpVersionMajor: major, httpVersionMinor: minor } = request;
    if (major !== 1 || minor > 1) {
      // A parser of HTTP/1 also reads `HTTP/2.0` and no version at all (RFC 9112 §2.3).
      if (request instanceof IncomingMessage) return "Version_N/S";
    } else if (minor === 0 && !METHODS.includes(request.method ?? "")) {
      // The methods of RTSP, whose version 1.0 it takes for HTTP's.
      return "Verb";
    }
    return (
      targetFault(request.url ?? "", this.limits) ?? fieldsFault(request.rawHeaders, this.limits)
    );
  }

  #expired(socket: Socket, expiry: ConnectionExpiry): void {
    const { exchange } = connectionState(socket);
    this.#observer.timedOut(expiry, socket);
    if (expiry === "Timer_HeaderWait") this.#errors.refuse(socket, expiry);
    else if (expiry === "Timer_EntityBody" && exchange)
      this.dispatcher.giveUp(exchange, expiry, "");
    else {
      if (exchange) exchange.refusedFor = expiry;
      socket.destroy();
    }
  }

  #refuse(request: IncomingMessage, response: ServerResponse, reason: ReasonPhrase): void {
    this.#observer.unmatched(reason, request.socket, request);
    writeRefusal(request, response, {
      reason,
      detail: reasons[reason].title,
      requestId: this.#names.requestId(),
    });
  }
}

/** Why a URL group does not take a request. */
function groupFault(
  connection: ConnectionState,
  group: ServedUrlGroup,
  { request, head }: { readonly request: IncomingMessage; readonly head: RequestText },
): ReasonPhrase | undefined {
  const { enabled, maxRequestBodyBytes } = group.settings;
  if (connection.group !== group && !enterGroup(request.socket, connection, group))
    return "ConnLimit";
  if (!enabled) return "Disabled";
  if (maxRequestBodyBytes > 0 && head.contentLength > maxRequestBodyBytes) return "EntityTooLarge";
  return undefined;
}

function queueTimeoutDetail({ group }: HttpExchange): string {
  const seconds = group.settings.timeouts.requestQueueMs / 1000;
  return `No worker was free within ${seconds} s (requestQueue of URL group "${group.name}").`;
}
