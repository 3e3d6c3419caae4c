// The request path of a listener, from node:http's request event to the dispatch protocol: match, admit,
// dispatch. It is the whole hot path; Fastify owns the server around it, its router is not on the way.

import { ServerResponse, type IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { reasons, type ReasonPhrase } from "@penstock/domain";
import type { Dispatcher, PoolQueue } from "@penstock/request-queue";
import { clientFacts, type TrustsProxy } from "./client-facts.ts";
import { HttpExchange } from "./http-exchange.ts";
import { writeRefusal } from "./refusal.ts";
import { createRequestNames } from "./request-names.ts";
import { requestText, type RequestNames } from "./request-text.ts";
import { closeInOrder, UpgradeExchange } from "./upgrade-exchange.ts";

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
  /** Bytes of a tunnel passed, from the client or to it. */
  tunnelled(pool: PoolQueue, direction: "received" | "sent", bytes: number): void;
  /** A request that belongs to no pool was refused. */
  unmatched(reason: ReasonPhrase, request: IncomingMessage): void;
}

/** What a {@link ListenerHttp} is made of. */
export interface ListenerHttpParts {
  readonly listener: string;
  readonly dispatcher: Dispatcher;
  readonly match: MatchRequest;
  readonly observer: HttpObserver;
  /** Whose X-Forwarded fields are true. */
  readonly trusts: TrustsProxy;
  readonly now: () => number;
}

const EXCHANGE = Symbol("penstock.exchange");

interface HeldResponse extends ServerResponse {
  [EXCHANGE]?: HttpExchange;
}

/** Takes HTTP requests and holds their clients. */
export class ListenerHttp {
  readonly dispatcher: Dispatcher;
  readonly now: () => number;
  readonly #listener: string;
  readonly #match: MatchRequest;
  readonly #observer: HttpObserver;
  readonly #trusts: TrustsProxy;
  readonly #names: RequestNames = createRequestNames();

  /** `close` listener of every response: `this` is the response. One function for all requests. */
  readonly #closed: (this: HeldResponse) => void;

  constructor(parts: ListenerHttpParts) {
    const { dispatcher } = parts;
    this.#closed = function closed() {
      const exchange = this[EXCHANGE];
      if (exchange && exchange.state !== "done") dispatcher.leave(exchange);
    };
    this.dispatcher = parts.dispatcher;
    this.now = parts.now;
    this.#listener = parts.listener;
    this.#match = parts.match;
    this.#observer = parts.observer;
    this.#trusts = parts.trusts;
  }

  /** The `request` listener of every traffic server. */
  readonly handle = (request: IncomingMessage, response: HeldResponse): void => {
    const match = this.#match(request);
    if (typeof match === "string") {
      this.refuse(request, response, match);
      return;
    }
    const client = clientFacts(request.socket, this.#trusts);
    const head = requestText(request, this.#listener, client, this.#names);
    const exchange = new HttpExchange(match, this, { request, response, head, client });
    response[EXCHANGE] = exchange;
    response.on("close", this.#closed);
    exchange.begin(this.dispatcher);
  };

  /**
   * The `upgrade` listener: for what {@link mayUpgrade} allows. `early` is what the client sent right behind its
   * request. The connection carries no other request after this one.
   */
  readonly handleUpgrade = (request: IncomingMessage, socket: Duplex, early: Buffer): void => {
    const response: HeldResponse = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket as Socket);
    // Its end is seen where its bytes are; node:http's own listeners are gone.
    socket.on("error", () => {});
    response.on("finish", () => closeInOrder(socket));
    const match = this.#match(request);
    if (typeof match === "string") {
      this.refuse(request, response, match);
      return;
    }
    const client = clientFacts(request.socket, this.#trusts);
    const head = requestText(request, this.#listener, client, this.#names);
    const message = { request, response, head, client };
    const exchange = new UpgradeExchange(match, this, message, { socket, early });
    response[EXCHANGE] = exchange;
    response.on("close", this.#closed);
    exchange.begin(this.dispatcher);
  };

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

  /** Answers a request that belongs to no pool. */
  refuse(request: IncomingMessage, response: ServerResponse, reason: ReasonPhrase): void {
    this.#observer.unmatched(reason, request);
    writeRefusal(request, response, {
      reason,
      detail: reasons[reason].title,
      requestId: this.#names.requestId(),
    });
  }
}
