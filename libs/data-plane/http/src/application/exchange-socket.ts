// The socket under a request that came through the queue: a genuine net.Socket without a connection. It
// answers for the client's addresses, hands every write to the exchange that owns it, and a destroyed
// socket is a broken exchange. One per request, never shared: state that an application keeps on a socket
// must not reach another client.
/* oxlint-disable no-underscore-dangle -- Node calls a stream's implementation by these names */

import { Socket } from "node:net";
import type { ConnectionFacts } from "@penstock/request-queue";
import type { NodeResponse } from "./node-http-internals.ts";

/** What became of a write: called once the bytes are out of this process's hands. */
export type WriteCallback = (error?: Error | null) => void;

/** One write as Node's Writable hands it over in a batch. */
export interface SocketWrite {
  readonly chunk: string | Uint8Array;
  readonly encoding: string;
}

/** The exchange behind a socket. */
export interface SocketOwner {
  /** The application wrote these, in one go. */
  written(writes: readonly SocketWrite[], callback: WriteCallback): void;
  /** The application wants no more of the request body for now, or wants it again. */
  requestBodyPaused(paused: boolean): void;
  /** No activity for as long as the application had set. Returns true when somebody took care of it. */
  timedOut(): boolean;
  /** The socket is gone, whoever destroyed it. */
  socketDestroyed(error: Error | null): void;
  /** The application threw, or its promise rejected. */
  failed(thrown: unknown): void;
}

interface Address {
  readonly address: string;
  readonly port: number;
  readonly family: string;
}

function addressOf(address: string, port: number): Address {
  return { address, port, family: address.includes(":") ? "IPv6" : "IPv4" };
}

const socketOptions = { allowHalfOpen: true };

/** The `req.socket` and `res.socket` of one request. */
export class ExchangeSocket extends Socket {
  declare _httpMessage: NodeResponse | null;
  declare _unrefTimer: () => void;
  readonly #facts: ConnectionFacts;
  readonly #owner: SocketOwner;

  constructor(facts: ConnectionFacts, owner: SocketOwner) {
    super(socketOptions);
    this.#facts = facts;
    this.#owner = owner;
    // As on a TLS socket; on a plain one the property does not exist.
    if (facts.encrypted) Object.defineProperty(this, "encrypted", { value: true });
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

  override _write(chunk: string | Uint8Array, encoding: string, callback: WriteCallback): void {
    this.#owner.written([{ chunk, encoding }], callback);
  }

  override _writev(writes: SocketWrite[], callback: WriteCallback): void {
    this.#owner.written(writes, callback);
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
