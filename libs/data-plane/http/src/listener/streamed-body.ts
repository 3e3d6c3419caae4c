// A body that passes through: large, of unknown length, or one whose client waits until it is asked for it. It is
// read once a worker has the request, and no faster than that one consumes it.

import { RIDE_ALONG_MAX, type Dispatcher } from "@penstock/request-queue";
import { trailerFields } from "./answer-fields.ts";
import type { HttpExchange } from "./http-exchange.ts";
import type { RequestBody } from "./request-body.ts";

/** A body that is sent to one worker. */
export class StreamedBody implements RequestBody {
  along: Buffer | undefined = undefined;
  follows = false;
  readonly #exchange: HttpExchange;
  readonly #expects: boolean;
  #dispatcher: Dispatcher | undefined;
  #sent = false;

  /** `expects`: its client sends nothing before the application's word. */
  constructor(exchange: HttpExchange, expects: boolean) {
    this.#exchange = exchange;
    this.#expects = expects;
  }

  get repeatable(): boolean {
    return !this.#sent;
  }

  begin(dispatcher: Dispatcher): void {
    const { request, response } = this.#exchange;
    const here =
      !this.#expects &&
      request.complete &&
      request.readableLength <= RIDE_ALONG_MAX &&
      request.rawTrailers.length === 0;
    if (here) {
      this.along = (request.read() as Buffer | null) ?? undefined;
      if (this.along && !this.#exchange.takeBody(this.along.length)) return;
    } else {
      this.follows = true;
    }
    if (!response.destroyed) dispatcher.dispatch(this.#exchange);
  }

  embark(): void {
    // Nothing changes: what follows was not sent, or the request is not repeatable.
  }

  claimed(): void {
    if (!this.follows) return;
    if (this.#dispatcher) this.#exchange.request.resume();
    else this.#read((this.#dispatcher = this.#exchange.dispatcher));
  }

  credited(): void {
    if (this.#dispatcher && this.#exchange.bodyWindow > 0) this.#exchange.request.resume();
  }

  #read(dispatcher: Dispatcher): void {
    const exchange = this.#exchange;
    const { request } = exchange;
    request.on("data", (chunk: Buffer) => {
      // The answer is complete: what the client still sends is discarded.
      if (exchange.state === "done" || !exchange.takeBody(chunk.length)) return;
      this.#sent = true;
      dispatcher.sendBody(exchange, chunk);
      if (exchange.bodyWindow <= 0) request.pause();
    });
    request.on("end", () => {
      // Of HTTP/2 a stream ends also when its client resets it.
      if (exchange.state === "done" || !request.complete) return;
      this.#sent = true;
      // Trailers that frame a message, or say whom it is for, are not passed on (RFC 9110 §6.5.1).
      dispatcher.sendBodyEnd(exchange, trailerFields(request.rawTrailers).flat());
    });
  }
}
