// The request body on its way into a Node request object. Bytes are pushed as they come, as Node's parser
// does; credit for more is given at once while the request takes them, and kept back while its buffer is
// full or the application paused the socket. So at most the exchange's window and one buffer are in memory.

import type { WorkerExchange } from "@penstock/request-queue";
import { addFields, closeUnread, dump, isUnread, isUntouched } from "./node-http-internals.ts";
import type { NodeRequest } from "./node-http-internals.ts";

/** Feeds one request. */
export class RequestBodyFeed {
  /** The body is complete, or will never be. */
  arrived = false;

  readonly #exchange: WorkerExchange;
  readonly #request: NodeRequest;
  #paused = false;
  #withheld = 0;
  #closing = false;

  constructor(exchange: WorkerExchange, request: NodeRequest) {
    this.#exchange = exchange;
    this.#request = request;
  }

  /** What came together with the head. After the application got the request, as with Node's parser. */
  begin(): void {
    const { firstBody, bodyComplete } = this.#exchange;
    if (firstBody !== undefined && firstBody.length > 0) this.#push(firstBody);
    if (bodyComplete) this.end([]);
  }

  body(chunk: Uint8Array): void {
    if (this.arrived) return;
    if (this.#push(chunk) && !this.#paused) this.#exchange.creditBody(chunk.length);
    else this.#withheld += chunk.length;
  }

  end(trailers: readonly string[]): void {
    if (this.arrived) return;
    this.arrived = true;
    this.#request.complete = true;
    if (trailers.length > 0) addFields(this.#request, trailers, trailers.length);
    this.#request.push(null);
  }

  /** The application reads again, or wants a pause. */
  pause(paused: boolean): void {
    this.#paused = paused;
    if (paused || this.#withheld === 0) return;
    const bytes = this.#withheld;
    this.#withheld = 0;
    this.#exchange.creditBody(bytes);
  }

  /** True while the body is still coming and somebody would get it. */
  awaited(): boolean {
    const request = this.#request;
    if (this.arrived || isUnread(request)) return false;
    return request.listenerCount("data") > 0 || request.listenerCount("readable") > 0;
  }

  /** The rest of the body never comes and nobody waits for it: the request ends as one thrown away. */
  abandon(): void {
    if (this.arrived) return;
    if (!this.#request.destroyed) dump(this.#request);
    this.end([]);
  }

  /** The answer is out. As in Node's server, a body that the application did not touch is thrown away. */
  leave(): void {
    if (!isUntouched(this.#request)) return;
    // With nobody listening, `close` comes to the same without the ticks of a stream that ends.
    if (this.arrived && !this.#isWatched()) this.#closing = true;
    else dump(this.#request);
  }

  /** A tick after `leave`. */
  close(): void {
    if (!this.#closing) return;
    if (this.#isWatched() || !closeUnread(this.#request)) dump(this.#request);
  }

  #isWatched(): boolean {
    return this.#request.listenerCount("end") > 0 || this.#request.listenerCount("close") > 0;
  }

  /** False when the request's buffer is full. What nobody will read is taken and forgotten. */
  #push(bytes: Uint8Array): boolean {
    if (isUnread(this.#request)) return true;
    return this.#request.push(bytes);
  }
}
