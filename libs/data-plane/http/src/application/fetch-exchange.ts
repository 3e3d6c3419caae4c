// One request in a fetch-style application: calls the function, takes the Response apart, and streams its
// body as far as the exchange's window is open.
//
//   the function throws, rejects, or returns no Response    500 with a short text, the detail to the log
//   the Response's body fails on the way                    the exchange is reset
//   the client leaves                                       the request's signal aborts, the body is cancelled

import type { ExchangeReceiver, ResponseHead, WorkerExchange } from "@penstock/request-queue";
import { AnswerWriter } from "./answer-writer.ts";
import { describeExport } from "./application-shape.ts";
import type { FetchContext, FetchFunction } from "./application-shape.ts";
import { FetchRequestBody, makeFetchRequest } from "./fetch-request.ts";
import { FetchResponseBody } from "./fetch-response-body.ts";
import {
  announcedLength,
  fetchResponseHead,
  isBodiless,
  isResponseLike,
} from "./fetch-response.ts";
import type { ResponseLike } from "./fetch-response.ts";
import { describeThrown } from "./thrown.ts";

/** The function that is the application, and where its faults go. */
export interface FetchHosting {
  readonly fetch: FetchFunction;
  readonly context: FetchContext;
  readonly report: (detail: string) => void;
}

/** One request, from its arrival to the end of its answer. */
export class FetchExchange implements ExchangeReceiver {
  readonly #exchange: WorkerExchange;
  readonly #hosting: FetchHosting;
  readonly #answer: AnswerWriter;
  readonly #abort = new AbortController();
  readonly #requestBody: FetchRequestBody | undefined;
  #request: Request | undefined;
  #responseBody: FetchResponseBody | undefined;
  #headSent = false;

  constructor(exchange: WorkerExchange, hosting: FetchHosting) {
    this.#exchange = exchange;
    this.#hosting = hosting;
    this.#answer = new AnswerWriter(exchange);
    const { method } = exchange.head;
    const streams = !exchange.bodyComplete && method !== "GET" && method !== "HEAD";
    this.#requestBody = streams
      ? new FetchRequestBody(exchange, () => this.#answer.releaseEnd())
      : undefined;
    exchange.receiver = this;
  }

  /** Hands the request to the application. */
  async run(): Promise<void> {
    const request = this.#makeRequest();
    if (request === undefined) return;
    this.#request = request;
    try {
      const { fetch, context } = this.#hosting;
      await this.#respond(await fetch(request, process.env, context));
    } catch (thrown) {
      this.#failed(thrown);
    }
  }

  body(chunk: Uint8Array): void {
    if (this.#requestBody === undefined) this.#exchange.creditBody(chunk.length);
    else this.#requestBody.push(chunk);
  }

  bodyEnd(): void {
    this.#requestBody?.end();
    this.#answer.releaseEnd();
  }

  window(): void {
    this.#answer.window();
  }

  cancel(): void {
    this.#answer.cancel();
    const reason = new DOMException("The client left", "AbortError");
    this.#abort.abort(reason);
    this.#requestBody?.end(reason);
    this.#responseBody?.cancel(reason);
  }

  #makeRequest(): Request | undefined {
    try {
      return makeFetchRequest(this.#exchange, this.#abort.signal, this.#requestBody);
    } catch (thrown) {
      this.#hosting.report(describeThrown(thrown));
      this.#answerText(400, "Bad Request");
      return undefined;
    }
  }

  async #respond(response: unknown): Promise<void> {
    if (!isResponseLike(response)) {
      throw new TypeError(`the fetch handler returned ${describeExport(response)}, no Response`);
    }
    const announced = announcedLength(response);
    if (Number.isNaN(announced)) throw new TypeError("the Response has an invalid Content-Length");
    const { body } = response;
    const bodiless = isBodiless(this.#exchange.head.method, response.status);
    if (body === null) return this.#answerWhole(response, bodiless ? undefined : 0);
    this.#responseBody = new FetchResponseBody(body, announced);
    if (!this.#answer.over && !bodiless) return this.#stream(response, this.#responseBody);
    this.#responseBody.cancel(undefined);
    this.#answerWhole(response, undefined);
  }

  #answerWhole(response: ResponseLike, length: number | undefined): void {
    this.#start(fetchResponseHead(response, length));
    this.#finish();
    this.#answer.send([]);
  }

  async #stream(response: ResponseLike, body: FetchResponseBody): Promise<void> {
    let pieces = await body.readEarly();
    this.#start(fetchResponseHead(response, body.complete ? body.length : undefined));
    while (!this.#answer.over) {
      if (body.complete) this.#finish();
      await this.#send(pieces);
      if (body.complete) return;
      pieces = await body.readNext();
    }
  }

  #start(head: ResponseHead): void {
    this.#headSent = true;
    this.#answer.start(head);
  }

  /** While the application reads on, the end waits until the request body is complete. */
  #finish(): void {
    const reads = this.#requestBody?.finished === false && this.#request?.bodyUsed === true;
    this.#answer.finish([], reads);
  }

  /** Settles when the window lets more through; never, when the exchange is over by then. */
  #send(pieces: Uint8Array[]): Promise<void> {
    return new Promise((resolve) => this.#answer.send(pieces, resolve));
  }

  #failed(thrown: unknown): void {
    this.#responseBody?.cancel(thrown);
    // After a cancel, what the application throws is its way to stop.
    if (this.#abort.signal.aborted) return;
    const detail = describeThrown(thrown);
    if (this.#headSent) return this.#answer.reset(detail);
    this.#hosting.report(detail);
    this.#answerText(500, "Internal Server Error");
  }

  #answerText(status: number, text: string): void {
    const response = new Response(text, { status, statusText: text });
    const body = this.#exchange.head.method === "HEAD" ? [] : [Buffer.from(text)];
    this.#start(fetchResponseHead(response, text.length));
    this.#answer.finish([]);
    this.#answer.send(body);
  }
}
