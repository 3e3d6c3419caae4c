// An HTTP/2 request as node:http's IncomingMessage, so that the request path knows one kind of request: a
// genuine one, with its body and trailers out of the stream. What is not read stays with the client: the stream
// is paused, and its window stays closed.

import { IncomingMessage } from "node:http";
import type { ServerHttp2Stream } from "node:http2";
import type { Socket } from "node:net";
import type { RequestFields } from "./request-fields.ts";

/** Node's own way to a lazy `headers`. */
const ADD_HEADER_LINES = "_addHeaderLines";

type Callback = (error?: Error | null) => void;

/** A request of one stream. */
export class Http2Request extends IncomingMessage {
  declare [ADD_HEADER_LINES]: (lines: readonly string[], count: number) => void;
  /** By this the request path knows a request that leaves HTTP; node:http's own flag for the same. */
  readonly upgrade: boolean;
  /** The key of its handshake, if it asks for a WebSocket. */
  readonly webSocketKey: string | undefined;
  readonly #stream: ServerHttp2Stream;
  #forgotten = false;

  /** `socket` is the client's connection; it is asked for addresses, and not touched. */
  constructor(stream: ServerHttp2Stream, socket: Socket, fields: RequestFields) {
    super(socket);
    this.#stream = stream;
    this.httpVersion = "2.0";
    this.httpVersionMajor = 2;
    // Not 0, by which the request path knows HTTP/1.0: semantics are those of HTTP/1.1.
    this.httpVersionMinor = 1;
    this.webSocketKey = fields.webSocketKey;
    this.upgrade = fields.webSocketKey !== undefined;
    this.method = fields.method;
    this.url = fields.target;
    this[ADD_HEADER_LINES](fields.rawHeaders, fields.rawHeaders.length);
    if (this.upgrade) {
      // The stream's data is no body.
      this.complete = true;
      this.push(null);
      return;
    }
    if (stream.endAfterHeaders) {
      this.complete = true;
      this.push(null);
      // A stream whose end nobody read is not closed.
      stream.resume();
      return;
    }
    stream.on("data", (chunk: Buffer) => {
      if (!this.#forgotten && !this.push(chunk)) stream.pause();
    });
    stream.pause();
    stream.on("trailers", (_fields: object, _flags: number, raw?: string[]) => {
      if (raw) this.rawTrailers.push(...raw);
    });
    stream.once("end", () => {
      this.complete = !stream.aborted;
      this.push(null);
    });
  }

  override _read(): void {
    this.#stream.resume();
  }

  /** Nobody reads the rest: it is taken from the client and forgotten. */
  forget(): void {
    this.#forgotten = true;
    this.#stream.resume();
  }

  override setTimeout(ms: number, callback?: () => void): this {
    this.#stream.setTimeout(ms, callback);
    return this;
  }

  /** Of node:http's own it would cut the connection, with all other streams on it. */
  override _destroy(error: Error | null, callback: Callback): void {
    callback(error);
  }
}
