// Two ends of a connection inside this process: what is written to one is read from the other, with a
// FIN and a reset each way. One end is a genuine net.Socket, for an application's own http.Server to accept;
// the other is for whoever plays its client. Nothing is buffered past what a stream's own buffer holds.
/* oxlint-disable no-underscore-dangle -- Node calls a stream's implementation by these names */

import { Socket } from "node:net";
import { Duplex } from "node:stream";
import type { ConnectionFacts } from "@penstock/request-queue";
import { addressOf } from "./exchange-socket.ts";
import type { Address, SocketWrite, WriteCallback } from "./exchange-socket.ts";

/** Both ends. */
export interface ConnectionPair {
  /** What the application's server accepts. */
  readonly accepted: AcceptedSocket;
  /** What the client of that server holds. */
  readonly connected: ConnectedEnd;
}

/** Makes a connection whose client is who `facts` say. */
export function connectionPair(
  facts: ConnectionFacts,
  failed: (thrown: unknown) => void,
): ConnectionPair {
  const accepted = new AcceptedSocket(facts, failed);
  const connected = new ConnectedEnd(accepted, failed);
  accepted.peer = connected;
  return { accepted, connected };
}

/** The error of a connection that its other end reset. */
export function connectionReset(): Error {
  return Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET", syscall: "read" });
}

/** The application's end. */
export class AcceptedSocket extends Socket {
  declare _unrefTimer: () => void;
  peer: ConnectedEnd | undefined;
  readonly #facts: ConnectionFacts;
  readonly #failed: (thrown: unknown) => void;
  #taken: WriteCallback | undefined;

  constructor(facts: ConnectionFacts, failed: (thrown: unknown) => void) {
    super({ allowHalfOpen: true });
    this.#facts = facts;
    this.#failed = failed;
    // As on a TLS socket; on a plain one the property does not exist.
    if (facts.encrypted) Object.defineProperty(this, "encrypted", { value: true });
  }

  /** Node's getters of the remote address, port and family read this. */
  _getpeername(): Address {
    return addressOf(this.#facts.remoteAddress, this.#facts.remotePort);
  }

  /** Node's getters of the local address, port and family read this. */
  _getsockname(): Address {
    return addressOf(this.#facts.localAddress, this.#facts.localPort);
  }

  /** The promise that the application returned for a request on this connection rejected. */
  failExchange(thrown: unknown): void {
    this.#failed(thrown);
  }

  /** Bytes from the other end. `taken` is called when more may come. */
  arrive(chunk: Uint8Array, taken: WriteCallback): void {
    this._unrefTimer();
    if (this.push(chunk)) taken();
    else this.#taken = taken;
  }

  /** An error that nobody listens for ends this connection and nothing else. */
  override emit(event: string | symbol, ...values: unknown[]): boolean {
    if (event === "error" && this.listenerCount("error") === 0) return true;
    return super.emit(event, ...values);
  }

  override _read(): void {
    const taken = this.#taken;
    this.#taken = undefined;
    taken?.();
  }

  override _write(chunk: string | Uint8Array, encoding: string, callback: WriteCallback): void {
    this._unrefTimer();
    if (this.peer === undefined || this.peer.destroyed) return callback(connectionReset());
    this.peer.arrive(bytesOf(chunk, encoding), callback);
  }

  override _writev(writes: SocketWrite[], callback: WriteCallback): void {
    const pieces = writes.map(({ chunk, encoding }) => bytesOf(chunk, encoding));
    this._write(Buffer.concat(pieces), "", callback);
  }

  override _final(callback: WriteCallback): void {
    this.peer?.push(null);
    callback();
  }

  override _destroy(error: Error | null, callback: WriteCallback): void {
    const taken = this.#taken;
    this.#taken = undefined;
    this.peer?.otherEndGone(error !== null);
    super._destroy(error, callback);
    taken?.();
  }

  /** Called by Node's idle timer, which the application may have set. */
  _onTimeout(): void {
    this.emit("timeout");
  }
}

/** The client's end. */
export class ConnectedEnd extends Duplex {
  readonly #peer: AcceptedSocket;
  readonly #failed: (thrown: unknown) => void;
  #taken: WriteCallback | undefined;

  constructor(peer: AcceptedSocket, failed: (thrown: unknown) => void) {
    super({ allowHalfOpen: true });
    this.#peer = peer;
    this.#failed = failed;
  }

  /** Bytes from the application. `taken` is called when more may come. */
  arrive(chunk: Uint8Array, taken: WriteCallback): void {
    if (this.push(chunk)) taken();
    else this.#taken = taken;
  }

  /** The application destroyed its end, after its last byte or with a reset. */
  otherEndGone(reset: boolean): void {
    if (this.destroyed) return;
    if (reset) this.destroy(connectionReset());
    else this.push(null);
    this.emit("otherEndGone");
  }

  override _read(): void {
    const taken = this.#taken;
    this.#taken = undefined;
    taken?.();
  }

  override _write(chunk: Uint8Array, _encoding: string, callback: WriteCallback): void {
    if (this.#peer.destroyed) return callback(connectionReset());
    this.#deliver(chunk, callback);
  }

  override _writev(writes: { chunk: Buffer }[], callback: WriteCallback): void {
    if (this.#peer.destroyed) return callback(connectionReset());
    this.#deliver(Buffer.concat(writes.map(({ chunk }) => chunk)), callback);
  }

  #deliver(chunk: Uint8Array, callback: WriteCallback): void {
    try {
      // What the application does with it, it does at once: what it throws must not end this process.
      this.#peer.arrive(chunk, callback);
    } catch (thrown) {
      this.#failed(thrown);
    }
  }

  override _final(callback: WriteCallback): void {
    if (!this.#peer.destroyed) this.#peer.push(null);
    callback();
  }

  override _destroy(error: Error | null, callback: WriteCallback): void {
    const taken = this.#taken;
    this.#taken = undefined;
    callback(error);
    if (!this.#peer.destroyed) this.#peer.destroy(connectionReset());
    taken?.();
  }
}

function bytesOf(chunk: string | Uint8Array, encoding: string): Uint8Array {
  return typeof chunk === "string" ? Buffer.from(chunk, encoding as BufferEncoding) : chunk;
}
