// The socket under a request that came through the queue: a genuine net.Socket without a connection. It
// answers for the client's addresses, hands every write to the exchange that owns it, and a destroyed
// socket is a broken exchange. One per request, never shared: state that an application keeps on a socket
// must not reach another client.
/* oxlint-disable no-underscore-dangle -- Node calls a stream's implementation by these names */

import type { Server } from "node:http";
import { Socket } from "node:net";
import type { ConnectionFacts } from "@penstock/request-queue";
import type { NodeResponse } from "./node-http-internals.ts";

/** What became of a write: called once the bytes are out of this process's hands. */
export type WriteCallback = (error?: Error | null) => void;

/** One of several writes. */
export interface SocketWrite {
  readonly chunk: string | Uint8Array;
  readonly encoding: string;
}

/** The exchange behind a socket. */
export interface SocketOwner {
  /** The application wrote this. More of the same go may follow before {@link flush}. */
  written(chunk: string | Uint8Array, encoding: string): void;
  /** What was written may go out now. `callback` asks for more. */
  flush(callback: WriteCallback): void;
  /** Everything that was written is out, after the application had to wait. */
  drained(): void;
  /** The application wants no more of the request body for now, or wants it again. */
  requestBodyPaused(paused: boolean): void;
  /** No activity for as long as the application had set. Returns true when somebody took care of it. */
  timedOut(): boolean;
  /** The socket is about to go, whoever destroyed it. */
  socketDestroyed(error: Error | null): void;
  /** The socket is gone. */
  socketClosed(): void;
  /** The socket was destroyed with this error. */
  socketError(error: unknown): void;
  /** Everything that the application wrote to its response is out. */
  responseFinished(): void;
  /** The application threw, or its promise rejected. */
  failed(thrown: unknown): void;
}

/** An end of a connection. */
export interface Address {
  readonly address: string;
  readonly port: number;
  readonly family: string;
}

/** As `address()` of a socket gives it. */
export function addressOf(address: string, port: number): Address {
  return { address, port, family: address.includes(":") ? "IPv6" : "IPv4" };
}

/** What a TLS socket says of a client that was asked for no certificate. */
const tlsProperties = {
  encrypted: { value: true },
  authorized: { value: false },
  getPeerCertificate: { value: () => ({}) },
} as const;

const socketOptions = { allowHalfOpen: true };

/** The `req.socket` and `res.socket` of one request. */
export class ExchangeSocket extends Socket {
  /** As on every socket of Node's server. */
  declare server: Server;
  declare _httpMessage: NodeResponse | null;
  declare _unrefTimer: () => void;
  readonly #facts: ConnectionFacts;
  readonly #owner: SocketOwner;

  constructor(facts: ConnectionFacts, owner: SocketOwner) {
    super(socketOptions);
    this.#facts = facts;
    this.#owner = owner;
    // As on a TLS socket; on a plain one the properties do not exist.
    if (facts.encrypted) Object.defineProperties(this, tlsProperties);
  }

  /** The response that this socket is assigned to (`ServerResponse.assignSocket`). */
  get currentResponse(): NodeResponse | null {
    return this._httpMessage;
  }

  /** Bytes moved: the idle timer starts anew, if the application set one. */
  noteActivity(): void {
    this._unrefTimer();
  }

  /** Node's getters of the remote address, port and family read this. */
  _getpeername(): Address {
    return addressOf(this.#facts.remoteAddress, this.#facts.remotePort);
  }

  /** Node's getters of the local address, port and family read this. */
  _getsockname(): Address {
    return addressOf(this.#facts.localAddress, this.#facts.localPort);
  }

  /** Node's server listens for these events before the application can: so the owner comes first. */
  override emit(event: string | symbol, ...values: unknown[]): boolean {
    if (event === "drain") this.#owner.drained();
    else if (event === "close") this.#owner.socketClosed();
    else if (event === "error") {
      this.#owner.socketError(values[0]);
      if (this.listenerCount("error") === 0) return true;
    }
    return super.emit(event, ...values);
  }

  override _write(chunk: string | Uint8Array, encoding: string, callback: WriteCallback): void {
    this.#owner.written(chunk, encoding);
    this.#owner.flush(callback);
  }

  override _writev(writes: SocketWrite[], callback: WriteCallback): void {
    for (const write of writes) this.#owner.written(write.chunk, write.encoding);
    this.#owner.flush(callback);
  }

  /** Nothing is read from here: the request body goes straight to the request. */
  override _read(): void {}

  override pause(): this {
    this.#owner.requestBodyPaused(true);
    return this;
  }

  override resume(): this {
    this.#owner.requestBodyPaused(false);
    return this;
  }

  /** The application ended the connection by hand: there is no other half to wait for. */
  override _final(callback: WriteCallback): void {
    callback();
    this.destroy();
  }

  override _destroy(error: Error | null, callback: WriteCallback): void {
    this.#owner.socketDestroyed(error);
    super._destroy(error, callback);
  }

  /** The response that this socket is assigned to emitted `finish`. */
  responseFinished(): void {
    this.#owner.responseFinished();
  }

  /** The promise that the application returned for this request rejected. */
  failExchange(thrown: unknown): void {
    this.#owner.failed(thrown);
  }

  /** Called by Node's idle timer. As in its server, an idle connection that nobody looks after is cut. */
  _onTimeout(): void {
    const handled = this.#owner.timedOut();
    this.emit("timeout");
    if (!handled) this.destroy();
  }
}
