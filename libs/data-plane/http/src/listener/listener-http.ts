// The request path of a listener, from node:http's request event to the dispatch protocol: match, admit,
// dispatch. It is the whole hot path; Fastify owns the server around it, its router is not on the way.

import { IncomingMessage, METHODS, type ServerResponse } from "node:http";
import { reasons, type ReasonPhrase } from "@penstock/domain";
import type { Dispatcher, PoolQueue } from "@penstock/request-queue";
import { ClientErrors } from "./client-error.ts";
import { clientFacts } from "./client-facts.ts";
import { connectionState } from "./connection-state.ts";
import { HttpExchange } from "./http-exchange.ts";
import { writeRefusal } from "./refusal.ts";
import { fieldsFault, targetFault, type RequestLimits } from "./request-limits.ts";
import { createRequestNames } from "./request-names.ts";
import { requestText, type RequestNames } from "./request-text.ts";

/** Finds the pool of a request, or says why there is none. */
export type MatchRequest = (request: IncomingMessage) => PoolQueue | ReasonPhrase;

/** Counts what was answered. Called on the hot path. */
export interface HttpObserver {
  /** An answer, the application's or ours, was handed to the client's connection. */
  answered(exchange: HttpExchange, status: number, tookMs: number): void;
  /** Body bytes of a request came from its client. */
  received(pool: PoolQueue, bytes: number): void;
  /** Body bytes of an application's answer were handed to the client's connection. */
  sent(pool: PoolQueue, bytes: number): void;
  /** An answer was shorter than its header promised: the client's connection was cut. */
  brokenOff(pool: PoolQueue, detail: string): void;
  /** A request that belongs to no pool was refused; without `request` it could not even be parsed. */
  unmatched(reason: ReasonPhrase, request?: IncomingMessage): void;
}

/** What a {@link ListenerHttp} is made of. */
export interface ListenerHttpParts {
  readonly listener: string;
  readonly dispatcher: Dispatcher;
  readonly match: MatchRequest;
  readonly observer: HttpObserver;
  readonly limits: RequestLimits;
  readonly now: () => number;
}

const EXCHANGE = Symbol("penstock.exchange");

interface HeldResponse extends ServerResponse {
  [EXCHANGE]?: HttpExchange;
}

/** Takes HTTP requests and holds their clients. */
export class ListenerHttp {
  readonly dispatcher: Dispatcher;
  readonly limits: RequestLimits;
  readonly now: () => number;
  readonly #listener: string;
  readonly #match: MatchRequest;
  readonly #observer: HttpObserver;
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
      if (exchange.state !== "done") dispatcher.leave(exchange);
    };
    this.dispatcher = parts.dispatcher;
    this.limits = parts.limits;
    this.clientError = new ClientErrors(parts).answer;
    this.now = parts.now;
    this.#listener = parts.listener;
    this.#match = parts.match;
    this.#observer = parts.observer;
  }

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
    if (head.fault) this.dispatcher.giveUp(exchange, head.fault, "");
    else exchange.begin(this.dispatcher);
  };

  /** An exchange has its answer. */
  answered(exchange: HttpExchange, status: number): void {
    this.#observer.answered(exchange, status, this.now() - exchange.startedAt);
  }

  /** A part of the request's body is here. */
  received(exchange: HttpExchange, bytes: number): void {
    this.#observer.received(exchange.pool, bytes);
  }

  /** A part of the application's answer went to the client's connection. */
  sent(exchange: HttpExchange, bytes: number): void {
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

  #refuse(request: IncomingMessage, response: ServerResponse, reason: ReasonPhrase): void {
    this.#observer.unmatched(reason, request);
    writeRefusal(request, response, {
      reason,
      detail: reasons[reason].title,
      requestId: this.#names.requestId(),
    });
  }
}
