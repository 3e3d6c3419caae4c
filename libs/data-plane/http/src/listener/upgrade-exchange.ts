// A request that wants to leave HTTP. Until its answer it is a request like any other; an answer other than
// 101 is the connection's last, and after a 101 the connection is a tunnel: its bytes go both ways within the
// protocol's windows, and its end is the client's and the application's together.

import type { Duplex } from "node:stream";
import { RIDE_ALONG_MAX, type Dispatcher } from "@penstock/request-queue";
import { RequestFlag } from "@penstock/wire";
import { HttpExchange, type HttpMessage } from "./http-exchange.ts";
import type { ListenerHttp } from "./listener-http.ts";
import { keptBytes } from "./kept-bytes.ts";
import type { ServedUrlGroup } from "./served-url-group.ts";

/** Of what a client sends ahead of its answer, so much is kept; then it waits. */
const EARLY_MAX = RIDE_ALONG_MAX;

/** The client's end of what may become a tunnel. */
export interface ClientConnection {
  /** What its bytes come and go by. */
  readonly bytes: Duplex;
  /** What came with the request. */
  readonly early: Buffer;
  /** Whether its client may end its half before it has an answer; otherwise it has left. */
  readonly halfCloses: boolean;
  /** Whether it is gone: an end that comes of that is none that its client said. */
  readonly gone: boolean;
  /** Whether an answer of this status, other than 101, can be said on it. */
  takes(status: number): boolean;
  /** Writes the head that opens the tunnel. Lines are a 101's; false when it is none for what was asked. */
  open(lines: readonly string[]): boolean;
  /** The tunnel is over both ways: what was written goes out. */
  close(): void;
  /** Breaks the tunnel off. */
  reset(): void;
}

/** An exchange whose client asked to leave HTTP. */
export class UpgradeExchange extends HttpExchange {
  readonly #client: ClientConnection;
  #early: Buffer;
  /** So much of what came early went out with the current attempt. */
  #rode = 0;
  /** The client ended its half before it had an answer. */
  #endedEarly = false;
  #tunnel = false;
  #unsent = 0;

  constructor(
    group: ServedUrlGroup,
    http: ListenerHttp,
    message: HttpMessage,
    client: ClientConnection,
  ) {
    super(group, http, message);
    this.#client = client;
    this.#early = client.early;
  }

  override get asksUpgrade(): boolean {
    return true;
  }

  /** It has none: what follows its head is for the tunnel. */
  override get awaitsBody(): boolean {
    return false;
  }

  override begin(dispatcher: Dispatcher): void {
    const { bytes } = this.#client;
    // Read while it waits: only so is it seen that a client leaves.
    bytes.on("data", (chunk: Buffer) => this.#fromClient(dispatcher, chunk));
    bytes.on("end", () => this.#clientEnded(dispatcher));
    bytes.on("close", () => dispatcher.leave(this));
    dispatcher.dispatch(this);
  }

  override envelope(flags: number): Uint8Array {
    this.#rode = Math.min(this.#early.length, RIDE_ALONG_MAX);
    return super.envelope(flags | RequestFlag.upgrade);
  }

  protected override get ridesAlong(): Buffer | undefined {
    return this.#rode === 0 ? undefined : this.#early.subarray(0, this.#rode);
  }

  override answer(status: number, lines: string[], body: Buffer, end: boolean): boolean {
    const { dispatcher } = this.http;
    if (!this.#client.takes(status)) {
      dispatcher.refuseInstead(this, "Verb", `The application answered ${status} to a WebSocket.`);
      return true;
    }
    // The last answer of its connection; what the client sent ahead was for a tunnel that never comes.
    this.response.shouldKeepAlive = false;
    return super.answer(status, lines, body, end);
  }

  override switchProtocols(lines: string[]): boolean {
    if (!this.#client.open(lines)) return false;
    const { dispatcher } = this.http;
    this.#tunnel = true;
    this.http.tunnelOpened(this);
    const waiting = this.#early.subarray(this.#rode);
    this.#early = Buffer.alloc(0);
    if (waiting.length > 0) this.#send(dispatcher, waiting);
    if (this.#endedEarly) dispatcher.sendBodyEnd(this, []);
    else if (this.bodyWindow > 0) this.#client.bytes.resume();
    return true;
  }

  override bodyCredited(): void {
    if (this.#tunnel && this.bodyWindow > 0) this.#client.bytes.resume();
  }

  override answerBody(chunk: Buffer): void {
    if (!this.#tunnel) return super.answerBody(chunk);
    const { dispatcher } = this.http;
    this.http.tunnelled(this, "sent", chunk.length);
    const { bytes } = this.#client;
    const taken = bytes.write(this.#unsent > 0 ? keptBytes(chunk) : chunk);
    if (taken && this.#unsent === 0) {
      dispatcher.credit(this, chunk.length);
      return;
    }
    if (this.#unsent === 0) bytes.once("drain", () => this.#drained(dispatcher));
    this.#unsent += chunk.length;
  }

  override answerEnd(trailers: string[]): void {
    if (this.#tunnel) this.#client.bytes.end();
    else super.answerEnd(trailers);
  }

  override closeTunnel(): void {
    this.#client.close();
  }

  override cut(): void {
    // A client must not take a tunnel that was cut for one that was closed.
    if (this.#tunnel) this.#client.reset();
    else super.cut();
  }

  #fromClient(dispatcher: Dispatcher, chunk: Buffer): void {
    if (this.#tunnel) this.#send(dispatcher, chunk);
    else if (this.state === "waiting" || this.state === "claimed") this.#keep(chunk);
  }

  #keep(chunk: Buffer): void {
    this.#early = Buffer.concat([this.#early, chunk]);
    if (this.#early.length >= EARLY_MAX) this.#client.bytes.pause();
  }

  #send(dispatcher: Dispatcher, chunk: Buffer): void {
    if (this.state !== "tunnel") return;
    this.http.tunnelled(this, "received", chunk.length);
    dispatcher.sendBody(this, chunk);
    if (this.bodyWindow <= 0) this.#client.bytes.pause();
  }

  #clientEnded(dispatcher: Dispatcher): void {
    if (this.#client.gone) return;
    if (this.state === "tunnel") dispatcher.sendBodyEnd(this, []);
    else if (this.#client.halfCloses) this.#endedEarly = true;
    else if (this.state !== "done") this.#client.bytes.destroy();
  }

  #drained(dispatcher: Dispatcher): void {
    const bytes = this.#unsent;
    this.#unsent = 0;
    dispatcher.credit(this, bytes);
  }
}
