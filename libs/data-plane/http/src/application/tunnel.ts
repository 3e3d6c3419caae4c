// A connection to the application that left HTTP, and the exchange that is its other half: bytes both ways,
// as far as the windows are open.
//
//   the application ends      the exchange ends, the client may go on
//   the client ends           the connection ends, the application may go on
//   the connection breaks     the exchange is reset
//   the exchange is cancelled the connection is reset

import type { Duplex } from "node:stream";
import type { ExchangeReceiver, WorkerExchange } from "@penstock/request-queue";
import { resetConnection } from "../reset-connection.ts";
import { connectionReset } from "./connection-pair.ts";

/** One tunnel, from the 101 to the end of both ways. */
export class Tunnel implements ExchangeReceiver {
  readonly #exchange: WorkerExchange;
  readonly #connection: Duplex;
  #over = false;
  #nobodyThere = false;

  constructor(exchange: WorkerExchange, connection: Duplex) {
    this.#exchange = exchange;
    this.#connection = connection;
    exchange.receiver = this;
  }

  /** After the 101 was passed on. `early` is what the application sent right behind it. */
  begin(early: Buffer): void {
    const connection = this.#connection;
    if (early.length > 0) this.#toClient(early);
    connection.on("data", (chunk: Buffer) => this.#toClient(chunk));
    connection.on("end", () => this.#ended());
    connection.on("error", (error: Error) => this.#break(error.message));
    // It was destroyed by the application, in this process: nobody is left to take what the client sends.
    connection.on("otherEndGone", () => {
      this.#nobodyThere = true;
      if (connection.readableEnded) this.#ended();
    });
    connection.on("close", () => this.#exchange.close());
  }

  body(chunk: Uint8Array): void {
    this.#connection.write(chunk, (error) => {
      if (!error) this.#exchange.creditBody(chunk.length);
    });
  }

  bodyEnd(): void {
    this.#connection.end();
  }

  window(): void {
    this.#connection.resume();
  }

  cancel(): void {
    this.#over = true;
    resetConnection(this.#connection, connectionReset());
  }

  #toClient(chunk: Buffer): void {
    if (!this.#exchange.write(chunk)) this.#connection.pause();
  }

  #ended(): void {
    if (this.#nobodyThere) this.#exchange.close();
    else this.#exchange.end([]);
  }

  #break(detail: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#exchange.reset(`the application's connection broke: ${detail}`);
  }
}
