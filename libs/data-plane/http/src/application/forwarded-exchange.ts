// One request forwarded to an application that speaks HTTP, by Node's own client. Head and body are framed anew on
// both hops, and nothing is decompressed, redirected or retried. What the client flushed is flushed:
//
//   head             leaves when its exchange begins, whether or not its body is here
//   body, trailers   as they come, as far as the application takes them
//   100 to 103       pass, and the body waits for whom it waits for
//   an answer        as it comes; complete before the request is, it is its connection's last
//   101              makes a tunnel of the connection

import type { Agent, ClientRequest, IncomingMessage, InformationEvent } from "node:http";
import type { Duplex } from "node:stream";
import type { ExchangeReceiver, WorkerExchange } from "@penstock/request-queue";
import { AnswerWriter } from "./answer-writer.ts";
import { FramedClientRequest } from "./framed-client-request.ts";
import { keepsBriefly, withoutHopByHop } from "./hop-by-hop.ts";
import { frameRequest } from "./request-framing.ts";
import { describeThrown } from "./thrown.ts";
import { Tunnel } from "./tunnel.ts";

/** Largest head of an answer, 256 KiB: larger than what any listener passes on. */
const answerHeadMax = 262_144;

/** 101 Switching Protocols. */
const switching = 101;

/** How the application is reached. */
export interface ForwardingOptions {
  /** What the application is called in the log. */
  readonly name: string;
  /** Its kept connections, or a new one for this request, half-open when the other half closes. */
  readonly over: { readonly agent: Agent } | { readonly createConnection: () => Duplex };
  /** Takes what goes wrong when nobody waits for an answer any more. */
  readonly report?: (detail: string) => void;
  /** Asked when the request failed without an answer: true when the application is gone, and nobody is answered. */
  readonly isGone?: () => Promise<boolean>;
}

/** One request, from its arrival to the end of its answer, or of its tunnel. */
export class ForwardedExchange implements ExchangeReceiver {
  readonly #exchange: WorkerExchange;
  readonly #options: ForwardingOptions;
  readonly #answer: AnswerWriter;
  #request: ClientRequest | undefined;
  #response: IncomingMessage | undefined;
  #tunnel: Tunnel | undefined;
  /** Bytes of the body that are still to come; below 0 when that is not known. */
  #left = -1;
  #withheld = 0;
  /** Read from the application's connection in this turn, and not sent yet. */
  #pieces: Uint8Array[] = [];
  #scheduled = false;

  constructor(exchange: WorkerExchange, options: ForwardingOptions) {
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
      const { fields, length } = frameRequest(this.#exchange);
      this.#left = length;
      request = new FramedClientRequest({
        method: head.method,
        path: head.target,
        headers: fields,
        setHost: false,
        maxHeaderSize: answerHeadMax,
        ...this.#options.over,
      });
    } catch (thrown) {
      return this.failed(thrown);
    }
    this.#request = request;
    // Node would leave out what exceeds its own limit of fields, and say nothing.
    request.maxHeadersCount = 0;
    request.on("information", (interim) => this.#interim(interim));
    request.on("response", (response) => {
      // Before its connection is given back.
      if (keepsBriefly(response.rawHeaders)) request.shouldKeepAlive = false;
      this.#respond(response);
    });
    request.on("error", (error) => this.#broken(error));
    request.on("close", () => this.#closed());
    if (upgrade) this.#askUpgrade(request);
    else if (bodyComplete) request.end(firstBody);
    else {
      request.on("drain", () => this.#credit());
      if (firstBody === undefined || firstBody.length === 0) request.flushHeaders();
      else {
        this.#left -= firstBody.length;
        request.write(firstBody);
      }
    }
  }

  body(chunk: Uint8Array): void {
    const request = this.#request;
    this.#withheld += chunk.length;
    // The application answered without reading to the end: what still comes is forgotten.
    if (request === undefined || request.destroyed) return this.#credit();
    const declared = this.#left >= 0;
    this.#left -= chunk.length;
    if (declared && this.#left < 0) return this.failed("more body than its Content-Length");
    if (request.write(chunk)) this.#credit();
  }

  bodyEnd(trailers: string[]): void {
    const request = this.#request;
    if (request === undefined || request.destroyed || request.writableEnded) return;
    if (this.#left > 0) return this.failed("less body than its Content-Length");
    if (trailers.length > 0) addTrailers(request, trailers);
    request.end();
  }

  window(): void {
    this.#answer.window();
  }

  cancel(): void {
    this.#answer.cancel();
    this.#request?.destroy();
  }

  /** The application threw, or its promise rejected; or the request cannot be sent. */
  failed(thrown: unknown): void {
    const detail = describeThrown(thrown);
    if (this.#answer.over) this.#options.report?.(detail);
    else if (this.#tunnel !== undefined) this.#exchange.reset(detail);
    else this.#answer.reset(detail);
    this.#tunnel?.cancel();
    this.#request?.destroy();
  }

  #askUpgrade(request: ClientRequest): void {
    const { firstBody } = this.#exchange;
    request.on("upgrade", (response, connection, early) =>
      this.#switch(response, connection, early),
    );
    request.end();
    if (firstBody !== undefined)
      request.once("socket", (connection) => behindHead(connection, firstBody));
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
    response.on("data", (chunk: Buffer) => {
      this.#pieces.push(chunk);
      this.#schedule();
    });
    response.on("end", () => this.#end(response));
    response.on("error", (error) => this.#broken(error));
    this.#schedule();
  }

  /** A small answer comes in one turn, head, body and end: it goes out as one message. The head waits for no body. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(flushNow, this);
  }

  /** What was read goes out; while the window is closed, nothing more is read. */
  flush(): void {
    if (this.#scheduled) this.#flush();
  }

  #flush(): void {
    this.#scheduled = false;
    const pieces = this.#pieces;
    this.#pieces = [];
    let sent = false;
    this.#answer.send(pieces, () => {
      sent = true;
      this.#response?.resume();
    });
    if (!sent && !this.#answer.over) this.#response?.pause();
  }

  #end(response: IncomingMessage): void {
    this.#answer.finish(response.rawTrailers);
    this.#flush();
    // Nobody wants the rest of the request.
    if (this.#request?.writableFinished === false) this.#request.destroy();
  }

  #switch(response: IncomingMessage, connection: Duplex, early: Buffer): void {
    const { statusMessage = "", rawHeaders } = response;
    const tunnel = new Tunnel(this.#exchange, connection);
    this.#tunnel = tunnel;
    this.#exchange.respond({ status: switching, statusMessage, rawHeaders }, undefined, false);
    tunnel.begin(early);
  }

  #broken(error: Error): void {
    // What comes behind a whole answer does not make it less whole.
    if (this.#answer.over || this.#tunnel !== undefined || this.#response?.complete === true)
      return;
    const detail = `${this.#options.name} did not answer: ${codeOf(error)}${error.message}`;
    if (this.#response !== undefined) return this.#answer.reset(detail);
    void this.#resetUnlessGone(detail);
  }

  /** Node says nothing of a 101 that nobody asked for. */
  #closed(): void {
    if (this.#response === undefined) this.#broken(new Error("it closed the connection"));
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

function flushNow(exchange: ForwardedExchange): void {
  exchange.flush();
}

/** What the client sent right behind its head goes right behind this one, which is written in this turn. */
function behindHead(connection: Duplex, bytes: Uint8Array): void {
  connection.cork();
  process.nextTick(() => {
    connection.write(bytes);
    connection.uncork();
  });
}

function addTrailers(request: ClientRequest, trailers: readonly string[]): void {
  const pairs: [string, string][] = [];
  for (let n = 0; n < trailers.length; n += 2)
    pairs.push([trailers[n] as string, trailers[n + 1] as string]);
  request.addTrailers(pairs);
}

function codeOf(error: Error): string {
  const { code } = error as { code?: unknown };
  return typeof code === "string" ? `${code} ` : "";
}
