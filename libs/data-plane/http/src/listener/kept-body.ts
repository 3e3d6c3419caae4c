// A small body that was declared. Mostly it is here with its head, or comes right behind: it is waited for a moment,
// goes along with its request, and no worker notices its client. What takes longer follows its request, so that an
// application may answer before it has come, and notices when it never does.
//
//   whole at once ──> dispatched with all of it
//   not whole ──whole, or a moment passed──> dispatched with what is here ──> the rest is sent as it comes
//
// It is kept until the answer is here: a request that may be repeated is sent to another worker with all that has
// come meanwhile. What went along with an attempt does not change: the worker that claims it has exactly that.

import type { Dispatcher } from "@penstock/request-queue";
import { trailerFields } from "./answer-fields.ts";
import type { HttpExchange } from "./http-exchange.ts";
import type { RequestBody } from "./request-body.ts";

/**
 * How long a small body is waited for, milliseconds: longer than a client takes that sends it right behind its head,
 * however far it is, and not so long that an application which answers without it would notice.
 */
const WHOLE_WAIT_MS = 50;

const NOTHING = Buffer.alloc(0);

/** A body that can be sent again. */
export class KeptBody implements RequestBody {
  readonly repeatable = true;
  along: Buffer | undefined = undefined;
  follows = false;
  readonly #exchange: HttpExchange;
  readonly #declared: number;
  /** What came; longer than that, while more is to come. */
  #bytes: Buffer = NOTHING;
  #length = 0;
  #ended = false;
  /** The attempt for which {@link along} was settled. */
  #attempt = 0;
  /** Sent to the worker that has the request, and the end as well. */
  #sent = 0;
  #endSent = false;

  constructor(exchange: HttpExchange, declared: number) {
    this.#exchange = exchange;
    this.#declared = declared;
  }

  begin(dispatcher: Dispatcher): void {
    const exchange = this.#exchange;
    const { request } = exchange;
    if (request.readableLength >= this.#declared) {
      this.#bytes = request.read() as Buffer;
      this.#length = this.#bytes.length;
      this.#ended = true;
      if (exchange.takeBody(this.#length)) dispatcher.dispatch(exchange);
      return;
    }
    const dispatch = (): void => {
      if (exchange.state === "new" && !exchange.response.destroyed) dispatcher.dispatch(exchange);
    };
    const cancel = exchange.clock.after(WHOLE_WAIT_MS, dispatch);
    request.on("data", (chunk: Buffer) => {
      // The answer is complete: what the client still sends is discarded.
      if (exchange.state === "done" || !exchange.takeBody(chunk.length)) return;
      this.#keep(chunk);
      this.#send();
    });
    request.on("end", () => {
      // Of HTTP/2 a stream ends also when its client resets it.
      if (!request.complete) return;
      this.#ended = true;
      cancel();
      dispatch();
      this.#send();
    });
    request.once("close", cancel);
  }

  embark(): void {
    // The same number, the same bytes: of two workers that have it, either may be the one that is heard.
    if (this.#attempt === this.#exchange.id) return;
    this.#attempt = this.#exchange.id;
    this.along = this.#length === 0 ? undefined : this.#bytes.subarray(0, this.#length);
    this.follows = !this.#ended || this.#exchange.request.rawTrailers.length > 0;
  }

  claimed(): void {
    this.#sent = this.along?.length ?? 0;
    this.#endSent = !this.follows;
    this.#send();
  }

  credited(): void {
    // All of it is less than the window.
  }

  #send(): void {
    const exchange = this.#exchange;
    const { dispatcher } = exchange;
    if (!exchange.worker || this.#endSent) return;
    if (this.#sent < this.#length) {
      const rest = this.#bytes.subarray(this.#sent, this.#length);
      this.#sent = this.#length;
      dispatcher.sendBody(exchange, rest);
    }
    if (!this.#ended) return;
    this.#endSent = true;
    dispatcher.sendBodyEnd(exchange, trailerFields(exchange.request.rawTrailers).flat());
  }

  #keep(chunk: Buffer): void {
    const needed = this.#length + chunk.length;
    if (needed > this.#bytes.length) {
      const larger = Math.max(needed, Math.min(this.#declared, this.#bytes.length * 2));
      const grown = Buffer.allocUnsafeSlow(larger);
      this.#bytes.copy(grown, 0, 0, this.#length);
      this.#bytes = grown;
    }
    chunk.copy(this.#bytes, this.#length);
    this.#length = needed;
  }
}
