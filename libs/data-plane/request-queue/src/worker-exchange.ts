// The face of one request inside a worker: what the application side (module or command) sees of the
// protocol. It carries HTTP messages as lists and bytes and knows nothing of node:http or of a broker.
//
// Flow control, both ways, counts bytes of body. The request body is pushed through `onBody` as far as
// the credit reaches that the application gave with `creditBody`; the answer's body may be written while
// `write` returns true, and again after `onWindow` was called.

/** Who is at the other end of the client's connection. */
export interface ConnectionFacts {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localAddress: string;
  readonly localPort: number;
  /** True when the client's connection is TLS. */
  readonly encrypted: boolean;
}

/** The head of a request, as the client sent it less hop-by-hop fields. */
export interface RequestHead {
  readonly method: string;
  /** Request target, origin-form, bytes untouched (Latin-1). */
  readonly target: string;
  readonly httpVersionMinor: 0 | 1;
  /** name, value, name, value, … in the order and case in which they came; Latin-1. */
  readonly rawHeaders: string[];
  readonly connection: ConnectionFacts;
}

/** What the protocol calls on the application side. */
export interface ExchangeReceiver {
  /** Bytes of the request body. `chunk` may be kept. Called only within the credit given. */
  body(chunk: Uint8Array): void;
  /** The request body is complete. Trailers as name, value, … */
  bodyEnd(trailers: string[]): void;
  /** The window of the answer's body is open again after `write` returned false. */
  window(): void;
  /** The client left, or the listener gave the request up. No call on the exchange has an effect any more. */
  cancel(): void;
}

/**
 * One request that this worker took and may run. The application side calls `respond` once, then `write`
 * as often as it likes, then `end`; or `reset` at any time. After `end`, `reset` or a cancel every call
 * does nothing.
 */
export interface WorkerExchange {
  readonly head: RequestHead;
  /**
   * The client asks to leave HTTP. Responding with 101 makes a tunnel of the exchange: `write` and `end` are
   * the application's bytes, `body` and `bodyEnd` the client's, and the exchange is over when both ended. Any
   * other answer ends it as usual.
   */
  readonly upgrade: boolean;
  /** Bytes of the body that came with the request; undefined when none did. Of an upgrade: what followed its head. */
  readonly firstBody: Uint8Array | undefined;
  /** True when `firstBody` (or nothing) is the whole body: `body` and `bodyEnd` are then never called. */
  readonly bodyComplete: boolean;
  /** Takes what the protocol has to say. Set synchronously in {@link ApplicationHost.handle}. */
  receiver: ExchangeReceiver | undefined;
  /** The application consumed this many bytes of what `body` brought: as many more may come. */
  creditBody(bytes: number): void;
  /** An answer before the answer: 100, 102, 103. Without effect after `respond`. Fields as there. */
  interim(status: number, rawHeaders: readonly string[]): void;
  /**
   * Status line and header fields, and as much of the body as is there. `end` true makes it the whole answer.
   * `rawHeaders` is name, value, … (Latin-1), without hop-by-hop fields.
   */
  respond(head: ResponseHead, body: Uint8Array | undefined, end: boolean): void;
  /** More of the answer's body. `chunk` is not kept. Returns false when the window is closed: wait for `window`. */
  write(chunk: Uint8Array): boolean;
  /** The answer is complete. Trailers as name, value, … */
  end(trailers: readonly string[]): void;
  /** Of a tunnel: it is over both ways. What was written goes out, nothing more is read. */
  close(): void;
  /**
   * The application broke off. Before `respond` the client gets 502 BadGatewayResponse, after it a cut
   * connection. `detail` goes to the log, not to the client.
   */
  reset(detail: string): void;
}

/** Status line and fields of an answer. */
export interface ResponseHead {
  readonly status: number;
  /** Reason phrase as the application wrote it; "" for none. */
  readonly statusMessage: string;
  readonly rawHeaders: readonly string[];
}

/** An application that is ready for requests. */
export interface ApplicationHost extends AsyncDisposable {
  /** Runs one request. Never throws: what the application throws becomes an answer or a reset. */
  handle(exchange: WorkerExchange): void;
  /**
   * Nothing is in hand, and all of the worker may be frozen for any time: lets go of what would not survive that.
   * Requests may come all the same.
   */
  rest?(): Promise<void>;
}
