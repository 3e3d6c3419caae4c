// The request path of a listener, from node:http's request event to the dispatch protocol: match, admit,
// dispatch. It is the whole hot path; Fastify owns the server around it, its router is not on the way.

import { METHODS, ServerResponse, type IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Clock } from "@penstock/foundation";
import { reasons, type ReasonPhrase } from "@penstock/domain";
import type { Dispatcher, PoolQueue } from "@penstock/request-queue";
import { ClientErrors } from "./client-error.ts";
import { clientFacts, type TrustsProxy } from "./client-facts.ts";
import type { ConnectionExpiry } from "./connection-clock.ts";
import { connectionState, enterGroup, type ConnectionState } from "./connection-state.ts";
import { ConnectionWatch, type FirstTimeouts } from "./connection-watch.ts";
import { ConnectStream } from "./http2/connect-stream.ts";
import { Http2Request } from "./http2/http2-request.ts";
import { Http2Response } from "./http2/http2-response.ts";
import { Expiries } from "./expiries.ts";
import { HttpExchange, type HttpMessage } from "./http-exchange.ts";
import { closeLingering, lingerAfterAnswer, LINGER_MS } from "./lingering-close.ts";
import { writeRefusal } from "./refusal.ts";
import { fieldsFault, targetFault, type RequestLimits } from "./request-limits.ts";
import { createRequestNames } from "./request-names.ts";
import { requestText, type RequestNames } from "./request-text.ts";
import type { ServedUrlGroup } from "./served-url-group.ts";
import { UpgradeExchange } from "./upgrade-exchange.ts";
import { UpgradedSocket } from "./upgraded-socket.ts";

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
  /** A time limit passed on a connection, or for the exchange of one stream of it. */
  timedOut(expiry: ConnectionExpiry, socket: Socket, exchange: HttpExchange | undefined): void;
  /** An answer was shorter than its header promised: the client's connection was cut. */
  brokenOff(pool: PoolQueue, detail: string): void;
  /** Bytes of a tunnel passed, from the client or to it. */
  tunnelled(pool: PoolQueue, direction: "received" | "sent", bytes: number): void;
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
  /** Whose X-Forwarded fields are true. */
  readonly trusts: TrustsProxy;
  readonly now: () => number;
  /** Chance, where a pool has two versions: 0 up to 1. */
  readonly random: () => number;
}

/** 101 Switching Protocols. */
const SWITCHING = 101;

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
  readonly timeouts: FirstTimeouts;
  readonly clock: Clock;
  readonly now: () => number;
  readonly #listener: string;
  readonly #match: MatchRequest;
  readonly #observer: HttpObserver;
  readonly #trusts: TrustsProxy;
  readonly #random: () => number;
  readonly #names: RequestNames = createRequestNames();

  /** `close` listener of every response: `this` is the response. One function for all requests. */
  readonly #closed: (this: HeldResponse) => void;

  constructor(parts: ListenerHttpParts) {
    const { dispatcher } = parts;
    const errors = new ClientErrors(parts);
    const expiries = new Expiries({
      dispatcher,
      observer: parts.observer,
      refuse: (socket, reason) => errors.refuse(socket, reason),
    });
    const watch = new ConnectionWatch({
      clock: parts.clock,
      timeouts: parts.timeouts,
      expired: expiries.connection,
      streamExpired: expiries.stream,
      queuedTooLong: expiries.queuedTooLong,
    });
    this.watch = watch;
    this.#closed = function closed() {
      const exchange = this[EXCHANGE];
      if (!exchange) return;
      const connection = connectionState(exchange.request.socket);
      if (connection.exchange === exchange) connection.exchange = undefined;
      watch.leaveStream(exchange);
      if (exchange.state === "done") return;
      const left = exchange.refusedFor === "";
      if (left) exchange.refusedFor = "Client_Reset";
      parts.observer.abandoned(exchange, parts.now() - exchange.startedAt);
      if (left) dispatcher.leave(exchange);
      // A time limit cut it off.
      else dispatcher.cutOff(exchange);
    };
    this.dispatcher = parts.dispatcher;
    this.limits = parts.limits;
    this.timeouts = parts.timeouts;
    this.clock = parts.clock;
    this.clientError = errors.answer;
    this.answerConnect = errors.answerConnect;
    this.now = parts.now;
    this.#listener = parts.listener;
    this.#match = parts.match;
    this.#observer = parts.observer;
    this.#trusts = parts.trusts;
    this.#random = parts.random;
  }

  /** Told of each connection of every traffic server. */
  readonly watch: ConnectionWatch;

  /** The `clientError` listener of every traffic server. */
  readonly clientError: ClientErrors["answer"];

  /** The `connect` listener of every traffic server. */
  readonly answerConnect: ClientErrors["answerConnect"];

  /** The `request` listener of every traffic server. */
  readonly handle = (request: IncomingMessage, response: HeldResponse): void => {
    const connection = connectionState(request.socket);
    if (connection.last) {
      if (connection.lastRequest !== request) return;
      response.shouldKeepAlive = false;
      lingerAfterAnswer(request, LINGER_MS);
    }
    const group = this.#groupOf(request);
    if (typeof group === "string") {
      this.refuse(request, response, group);
      return;
    }
    const message = this.#read(group, request, response);
    let exchange: HttpExchange;
    // Of a connection with streams there is no last request.
    if (response instanceof Http2Response) {
      const key = response.req.webSocketKey;
      exchange =
        key === undefined
          ? new HttpExchange(group, this, message)
          : new UpgradeExchange(group, this, message, new ConnectStream(response, key));
      this.watch.addStream(exchange, response);
    } else {
      exchange = new HttpExchange(group, this, message);
      connection.exchange = exchange;
    }
    response._keepAliveTimeout = group.settings.timeouts.idleConnectionMs;
    this.#begin(exchange, connection);
  };

  /**
   * The `upgrade` listener: for what {@link mayUpgrade} allows. `early` is what the client sent right behind its
   * request. The connection carries no other request after this one.
   */
  readonly handleUpgrade = (request: IncomingMessage, socket: Duplex, early: Buffer): void => {
    const connection = connectionState(socket);
    const response: HeldResponse = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket as Socket);
    // Its end is seen where its bytes are; node:http's own listeners are gone.
    socket.on("error", () => {});
    response.on("finish", () => closeLingering(socket, LINGER_MS));
    const group = this.#groupOf(request);
    if (typeof group === "string") {
      this.refuse(request, response, group);
      return;
    }
    const message = this.#read(group, request, response);
    const client = new UpgradedSocket(request, response, socket as Socket, early);
    const exchange = new UpgradeExchange(group, this, message, client);
    connection.exchange = exchange;
    this.#begin(exchange, connection);
  };

  /** An exchange became a tunnel, which may be silent for as long as both ends like. */
  tunnelOpened(exchange: HttpExchange): void {
    this.watch.release(exchange.request.socket);
    this.watch.leaveStream(exchange);
    // Whatever the client was told: over HTTP/2 it is 200.
    this.answered(exchange, SWITCHING);
  }

  /** Bytes of a tunnel passed. */
  tunnelled(exchange: HttpExchange, direction: "received" | "sent", bytes: number): void {
    this.#observer.tunnelled(exchange.pool, direction, bytes);
  }

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

  /** The rest of a body whose request has its answer did not come in time: its connection was closed. */
  drainExpired(exchange: HttpExchange): void {
    this.#observer.timedOut("Timer_EntityBody", exchange.request.socket, undefined);
  }

  /** An exchange's answer is shorter than it promised. */
  fellShort(exchange: HttpExchange): void {
    this.#observer.brokenOff(exchange.pool, "less body than its Content-Length");
  }

  #groupOf(request: IncomingMessage): ServedUrlGroup | ReasonPhrase {
    return this.#headFault(request) ?? this.#match(request);
  }

  #read(group: ServedUrlGroup, request: IncomingMessage, response: HeldResponse): HttpMessage {
    const client = clientFacts(request.socket, this.#trusts);
    const head = requestText(request, this.#listener, client, this.#names);
    const { split } = group;
    if (split === undefined)
      return { request, response, head, client, pool: group.pool, setCookie: "" };
    const { pool, setCookie } = split.choose(request.rawHeaders, this.#random);
    return { request, response, head, client, pool, setCookie };
  }

  #begin(exchange: HttpExchange, connection: ConnectionState): void {
    const response: HeldResponse = exchange.response;
    response[EXCHANGE] = exchange;
    response.on("close", this.#closed);
    const fault = exchange.fault ?? groupFault(connection, exchange);
    if (fault) this.dispatcher.giveUp(exchange, fault, "");
    else exchange.begin(this.dispatcher);
  }

  /** What Node's parser lets through and HTTP/1.1 or the limits do not. */
  #headFault(request: IncomingMessage): ReasonPhrase | undefined {
    const { httpVersionMajor: major, httpVersionMinor: minor } = request;
    if (major !== 1 || minor > 1) {
      // A parser of HTTP/1 also reads `HTTP/2.0` and no version at all (RFC 9112 §2.3).
      if (!(request instanceof Http2Request)) return "Version_N/S";
    } else if (minor === 0 && !METHODS.includes(request.method ?? "")) {
      // The methods of RTSP, whose version 1.0 it takes for HTTP's.
      return "Verb";
    }
    return (
      targetFault(request.url ?? "", this.limits) ?? fieldsFault(request.rawHeaders, this.limits)
    );
  }

  /** A connection of HTTP/2 on which no request is was silent for its time: it is closed. */
  readonly sessionIdle = (socket: Socket): void => {
    this.#observer.timedOut("Timer_ConnectionIdle", socket, undefined);
  };

  /** Answers a request that belongs to no pool. */
  refuse(request: IncomingMessage, response: ServerResponse, reason: ReasonPhrase): void {
    this.#observer.unmatched(reason, request.socket, request);
    writeRefusal(request, response, {
      reason,
      detail: reasons[reason].title,
      requestId: this.#names.requestId(),
    });
  }
}

/** Why a URL group does not take a request. */
function groupFault(connection: ConnectionState, exchange: HttpExchange): ReasonPhrase | undefined {
  const { group, request, contentLength } = exchange;
  const { enabled, maxRequestBodyBytes } = group.settings;
  if (connection.group !== group && !enterGroup(request.socket, connection, group))
    return "ConnLimit";
  if (!enabled) return "Disabled";
  if (maxRequestBodyBytes > 0 && contentLength > maxRequestBodyBytes) return "EntityTooLarge";
  return undefined;
}
