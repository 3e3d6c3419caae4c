// An answer that an application wrote to its socket itself, past the response object. It is HTTP as on any connection,
// so node:http's client reads it, which believes to have sent the request; what it sends is forgotten. The request's
// body stays with the application.
/* oxlint-disable no-underscore-dangle -- Node calls a stream's implementation by these names */

import { Duplex } from "node:stream";
import type { ExchangeReceiver, WorkerExchange } from "@penstock/request-queue";
import type { WriteCallback } from "./exchange-socket.ts";
import { ForwardedExchange } from "./forwarded-exchange.ts";

/** One such answer. */
export class RawAnswer {
  readonly #wire = new Wire();
  readonly #forwarded: ForwardedExchange;

  /** Takes an exchange over whose answer has not begun. `application` goes on to get the request's body. */
  constructor(
    exchange: WorkerExchange,
    application: ExchangeReceiver,
    report: (detail: string) => void,
  ) {
    this.#forwarded = new ForwardedExchange(exchange, {
      name: "the application",
      over: { createConnection: () => this.#wire },
      report,
    });
    exchange.receiver = application;
    this.#forwarded.run();
  }

  /** More of what the application wrote. `taken` asks for more. */
  write(pieces: readonly Uint8Array[], taken: WriteCallback): void {
    this.#wire.arrive(pieces, taken);
  }

  /** The application ended its connection, or destroyed it: either way what it had written before is out. */
  end(): void {
    this.#wire.push(null);
  }

  /** The exchange takes more of the answer. */
  window(): void {
    this.#forwarded.window();
  }

  cancel(): void {
    this.#forwarded.cancel();
  }
}

/** What the application writes is read here, and what is written here nobody reads. */
class Wire extends Duplex {
  #taken: WriteCallback | undefined;

  arrive(pieces: readonly Uint8Array[], taken: WriteCallback): void {
    if (this.destroyed) return taken();
    let more = true;
    for (const piece of pieces) more = this.push(piece);
    if (more) taken();
    else this.#taken = taken;
  }

  override _read(): void {
    this.#release();
  }

  override _write(_chunk: unknown, _encoding: string, callback: WriteCallback): void {
    callback();
  }

  override _destroy(error: Error | null, callback: WriteCallback): void {
    callback(error);
    this.#release();
  }

  #release(): void {
    const taken = this.#taken;
    this.#taken = undefined;
    taken?.();
  }
}
