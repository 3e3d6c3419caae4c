// One request forwarded to a port. Head and body are framed anew on both hops: undici chooses the framing
// towards the application, and what frames the application's answer ends here. Nothing is decompressed,
// redirected or retried.

import { Readable } from "node:stream";
import type { ExchangeReceiver, WorkerExchange } from "@penstock/request-queue";
import type { Dispatcher, Pool } from "undici";
import { AnswerWriter } from "./answer-writer.ts";
import { withoutFields, withoutHopByHop } from "./hop-by-hop.ts";
import type { PresentApplication } from "./present-application.ts";

/** Most bytes of a request body that wait for the application's connection, 64 KiB. */
const bufferMax = 65_536;

/** What was expected of a body that is here already. */
const answeredBefore = new Set(["expect"]);

/** One request, from its arrival to the end of its answer. */
export class ForwardedExchange implements ExchangeReceiver, Dispatcher.DispatchHandler {
  readonly #exchange: WorkerExchange;
  readonly #authority: string;
  readonly #answer: AnswerWriter;
  readonly #requestBody: Readable | undefined;
  readonly #application: PresentApplication | undefined;
  #withheld = 0;
  #controller: Dispatcher.DispatchController | undefined;
  /** Read from the application's connection in this tick, and not sent yet. */
  #pieces: Uint8Array[] = [];
  #scheduled = false;

  /** With `application`, a request that it took with it when it ended is not answered. */
  constructor(exchange: WorkerExchange, authority: string, application?: PresentApplication) {
    this.#application = application;
    this.#exchange = exchange;
    this.#authority = authority;
    this.#answer = new AnswerWriter(exchange);
    this.#requestBody = exchange.bodyComplete ? undefined : this.#makeRequestBody();
    exchange.receiver = this;
  }

  /** Sends the request. */
  run(pool: Pool): void {
    const { head, firstBody } = this.#exchange;
    const headers = withoutFields(withoutHopByHop(head.rawHeaders), answeredBefore);
    const body = this.#requestBody ?? firstBody ?? null;
    const { method } = head;
    try {
      pool.dispatch({ path: head.target, method, headers, body }, this);
    } catch (thrown) {
      this.onResponseError(undefined, thrown as Error);
    }
  }

  body(chunk: Uint8Array): void {
    const stream = this.#requestBody;
    // The application answered without reading to the end: what still comes is forgotten.
    if (stream === undefined || stream.destroyed || stream.push(chunk)) {
      this.#exchange.creditBody(chunk.length);
    } else this.#withheld += chunk.length;
  }

  bodyEnd(): void {
    if (this.#requestBody?.destroyed === false) this.#requestBody.push(null);
  }

  window(): void {
    this.#answer.window();
  }

  cancel(): void {
    this.#answer.cancel();
    this.#controller?.abort(new Error("the client left"));
    this.#requestBody?.destroy();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // Called off while it waited for a connection.
    if (this.#answer.over) controller.abort(new Error("the client left"));
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    _headers: unknown,
    statusMessage = "",
  ): void {
    const rawHeaders = withoutHopByHop(latin1Pairs(controller.rawHeaders));
    if (status < 200) return this.#exchange.interim(status, rawHeaders);
    this.#answer.start({ status, statusMessage: asLatin1(statusMessage), rawHeaders });
    this.#schedule();
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#pieces.push(chunk);
    this.#schedule();
  }

  onResponseEnd(controller: Dispatcher.DispatchController): void {
    this.#answer.finish(latin1Pairs(controller.rawTrailers));
    this.#flush();
  }

  onResponseError(_controller: unknown, error: Error): void {
    this.#requestBody?.destroy();
    const detail = `${this.#authority} did not answer: ${codeOf(error)}${error.message}`;
    if (!this.#application || this.#answer.started) return this.#answer.reset(detail);
    void this.#application.isGone().then((gone) => gone || this.#answer.reset(detail));
  }

  /** A small answer comes in one tick, head, body and end: it goes out as one message. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    process.nextTick(flushNow, this);
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
      this.#controller?.resume();
    });
    if (!sent && !this.#answer.over) this.#controller?.pause();
  }

  #makeRequestBody(): Readable {
    const { firstBody } = this.#exchange;
    const stream = new Readable({ highWaterMark: bufferMax, read: () => this.#credit() });
    // undici reports the failure of a request; its stream has nothing to add.
    stream.on("error", () => {});
    if (firstBody !== undefined && firstBody.length > 0) stream.push(firstBody);
    return stream;
  }

  #credit(): void {
    if (this.#withheld === 0) return;
    const bytes = this.#withheld;
    this.#withheld = 0;
    this.#exchange.creditBody(bytes);
  }
}

function flushNow(exchange: ForwardedExchange): void {
  exchange.flush();
}

function latin1Pairs(raw: unknown): string[] {
  if (!Array.isArray(raw)) return [];
  return raw.map((text: unknown) =>
    Buffer.isBuffer(text) ? text.toString("latin1") : String(text),
  );
}

/** undici reads a reason phrase as UTF-8; the exchange takes its bytes. */
function asLatin1(text: string): string {
  return /^[\0-\x7f]*$/.test(text) ? text : Buffer.from(text, "utf8").toString("latin1");
}

function codeOf(error: Error): string {
  const { code } = error as { code?: unknown };
  return typeof code === "string" ? `${code} ` : "";
}
