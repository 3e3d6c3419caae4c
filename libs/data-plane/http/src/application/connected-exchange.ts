// One request on a connection of its own, spoken by Node's HTTP client: what kept connections cannot carry.
//
//   an upgrade           its 101 makes a tunnel of the connection
//   Expect, 100 to 103   interim answers pass, the body waits for whom it waits for
//   trailers             pass behind the request's body
//
// As everywhere, head and body are framed anew, and nothing is retried.

import { request as httpRequest } from "node:http";
import type { ClientRequest, IncomingMessage, InformationEvent } from "node:http";
import type { Duplex } from "node:stream";
import type { ExchangeReceiver, WorkerExchange } from "@penstock/request-queue";
import { AnswerWriter } from "./answer-writer.ts";
import { withoutHopByHop } from "./hop-by-hop.ts";
import { fieldValue } from "./node-request.ts";
import { describeThrown } from "./thrown.ts";
import { Tunnel } from "./tunnel.ts";

/** Largest head of an answer, 256 KiB: larger than what any listener passes on. */
const answerHeadMax = 262_144;

/** 101 Switching Protocols. */
const switching = 101;

/** How the application is reached. */
export interface ConnectedExchangeOptions {
  /** What the application is called in the log. */
  readonly name: string;
  /** A new connection to it, half-open when the other half closes. */
  readonly connect: () => Duplex;
  /** Takes what goes wrong when nobody waits for an answer any more. */
  readonly report?: (detail: string) => void;
  /** Asked when the request failed without an answer: true when the application is gone, and nobody is answered. */
  readonly isGone?: () => Promise<boolean>;
}

/** One request, from its arrival to the end of its answer, or of its tunnel. */
export class ConnectedExchange implements ExchangeReceiver {
  readonly #exchange: WorkerExchange;
  readonly #options: ConnectedExchangeOptions;
  readonly #answer: AnswerWriter;
  #request: ClientRequest | undefined;
  #response: IncomingMessage | undefined;
  #tunnel: Tunnel | undefined;
  #withheld = 0;

  constructor(exchange: WorkerExchange, options: ConnectedExchangeOptions) {
    this.#exchange = exchange;
    this.#options = options;
    this.#answer = new AnswerWriter(exchange);
    exchange.receiver = this;
  }

  /** Sends the request. */
  run(): void {
    const { head, upgrade, firstBody, bodyComplete } = this.#exchange;
    let request: ClientRequest;
    try {
      request = httpRequest({
        method: head.method,
        path: head.target,
        headers: requestFields(this.#exchange),
        setHost: false,
        maxHeaderSize: answerHeadMax,
        createConnection: this.#options.connect,
      });
    } catch (thrown) {
      return this.failed(thrown);
    }
    this.#request = request;
    request.on("information", (interim) => this.#interim(interim));
    request.on("response", (response) => this.#respond(response));
    request.on("upgrade", (response, connection, early) =>
      this.#switch(response, connection, early),
    );
    request.on("drain", () => this.#credit());
    request.on("error", (error) => this.#broken(error));
    if (upgrade) {
      request.end();
      if (firstBody !== undefined)
        request.once("socket", (connection) => behindHead(connection, firstBody));
    } else if (bodyComplete) request.end(firstBody);
    else if (firstBody !== undefined && firstBody.length > 0) request.write(firstBody);
  }

  body(chunk: Uint8Array): void {
    const request = this.#request;
    this.#withheld += chunk.length;
    // The application answered without reading to the end: what still comes is forgotten.
    if (request === undefined || request.destroyed || request.write(chunk)) this.#credit();
  }

  bodyEnd(trailers: string[]): void {
    const request = this.#request;
    if (request === undefined || request.destroyed) return;
    if (trailers.length > 0 && !request.writableEnded) addTrailers(request, trailers);
    request.end();
  }

  window(): void {
    this.#answer.window();
  }

  cancel(): void {
    this.#answer.cancel();
    this.#request?.destroy();
  }

  /** The application threw, or its promise rejected. */
  failed(thrown: unknown): void {
    const detail = describeThrown(thrown);
    if (this.#answer.over) this.#options.report?.(detail);
    else if (this.#tunnel !== undefined) this.#exchange.reset(detail);
    else this.#answer.reset(detail);
    this.#tunnel?.cancel();
    this.#request?.destroy();
  }

  #interim({ statusCode, rawHeaders }: InformationEvent): void {
    this.#exchange.interim(statusCode, withoutHopByHop(rawHeaders));
  }

  #respond(response: IncomingMessage): void {
    const { statusCode = 0, statusMessage = "", rawHeaders } = response;
    this.#response = response;
    if (statusCode === switching) {
      response.destroy();
      return this.#answer.reset(`${this.#options.name} switched to no protocol`);
    }
    this.#answer.start({
      status: statusCode,
      statusMessage,
      rawHeaders: withoutHopByHop(rawHeaders),
    });
    response.on("data", (chunk: Buffer) => this.#send(response, chunk));
    response.on("end", () => {
      this.#answer.finish(response.rawTrailers);
      this.#answer.send([]);
    });
    response.on("error", (error) => this.#broken(error));
    // The head does not wait for a body that takes its time; one that is here goes along.
    setImmediate(() => this.#answer.send([]));
  }

  #send(response: IncomingMessage, chunk: Buffer): void {
    let sent = false;
    this.#answer.send([chunk], () => {
      sent = true;
      response.resume();
    });
    if (!sent && !this.#answer.over) response.pause();
  }

  #switch(response: IncomingMessage, connection: Duplex, early: Buffer): void {
    const { statusMessage = "", rawHeaders } = response;
    const tunnel = new Tunnel(this.#exchange, connection);
    this.#tunnel = tunnel;
    this.#exchange.respond({ status: switching, statusMessage, rawHeaders }, undefined, false);
    tunnel.begin(early);
  }

  #broken(error: Error): void {
    if (this.#answer.over || this.#tunnel !== undefined) return;
    const detail = `${this.#options.name} did not answer: ${error.message}`;
    if (this.#response !== undefined) return this.#answer.reset(detail);
    void this.#resetUnlessGone(detail);
  }

  async #resetUnlessGone(detail: string): Promise<void> {
    const gone = await this.#options.isGone?.();
    if (gone !== true) this.#answer.reset(detail);
  }

  #credit(): void {
    const bytes = this.#withheld;
    this.#withheld = 0;
    if (bytes > 0) this.#exchange.creditBody(bytes);
  }
}

/** An upgrade keeps the two fields that ask for it; nothing else of the client's connection passes. */
function requestFields(exchange: WorkerExchange): string[] {
  if (!exchange.upgrade) return withoutHopByHop(exchange.head.rawHeaders).concat(framing(exchange));
  return exchange.head.rawHeaders;
}

/** What the client sent right behind its head goes right behind this one, which is written in this turn. */
function behindHead(connection: Duplex, bytes: Uint8Array): void {
  connection.cork();
  process.nextTick(() => {
    connection.write(bytes);
    connection.uncork();
  });
}

/** A body of unknown length is chunked on this hop too. */
function framing({ head, bodyComplete }: WorkerExchange): string[] {
  const lengthKnown = bodyComplete || fieldValue(head, "content-length") !== undefined;
  return lengthKnown ? [] : ["Transfer-Encoding", "chunked"];
}

function addTrailers(request: ClientRequest, trailers: readonly string[]): void {
  const pairs: [string, string][] = [];
  for (let n = 0; n < trailers.length; n += 2)
    pairs.push([trailers[n] as string, trailers[n + 1] as string]);
  request.addTrailers(pairs);
}
