// A request that wants to leave HTTP. Until its answer it is a request like any other; an answer other than
// 101 is the connection's last, and after a 101 the connection is a tunnel: its bytes go both ways within the
// protocol's windows, and its end is the client's and the application's together.

import type { Socket } from "node:net";
import { RIDE_ALONG_MAX, type Dispatcher } from "@penstock/request-queue";
import { RequestFlag } from "@penstock/wire";
import { resetConnection } from "../reset-connection.ts";
import { answerFields } from "./answer-fields.ts";
import { HttpExchange, type HttpMessage } from "./http-exchange.ts";
import type { ListenerHttp } from "./listener-http.ts";
import { keptBytes } from "./kept-bytes.ts";
import { closeLingering, LINGER_MS } from "./lingering-close.ts";
import { protocolsOf } from "./may-upgrade.ts";
import type { ServedUrlGroup } from "./served-url-group.ts";

/** 101 Switching Protocols. */
const SWITCHING = 101;

/** Of what a client sends ahead of its answer, so much is kept; then it waits. */
const EARLY_MAX = RIDE_ALONG_MAX;

/** The client's connection, and what it sent behind its request's head. */
export interface ClientConnection {
  readonly socket: Socket;
  readonly early: Buffer;
}

/** An exchange whose client asked to leave HTTP. */
export class UpgradeExchange extends HttpExchange {
  readonly #socket: Socket;
  #early: Buffer;
  /** So much of what came early went out with the current attempt. */
  #rode = 0;
  #tunnel = false;
  #unsent = 0;

  constructor(
    group: ServedUrlGroup,
    http: ListenerHttp,
    message: HttpMessage,
    client: ClientConnection,
  ) {
    super(group, http, message);
    this.#socket = client.socket;
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
    const socket = this.#socket;
    // Read while it waits: only so is it seen that a client leaves.
    socket.on("data", (chunk: Buffer) => this.#fromClient(dispatcher, chunk));
    socket.on("end", () => this.#clientEnded(dispatcher));
    socket.on("close", () => dispatcher.leave(this));
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
    // The last answer of its connection; what the client sent ahead was for a tunnel that never comes.
    this.response.shouldKeepAlive = false;
    return super.answer(status, lines, body, end);
  }

  override switchProtocols(lines: string[]): boolean {
    const fields = switchingFields(lines, protocolsOf(this.request.headers.upgrade));
    if (!fields) return false;
    const { response } = this;
    try {
      response.sendDate = false;
      if (lines[0]) response.writeHead(SWITCHING, lines[0], fields);
      else response.writeHead(SWITCHING, fields);
    } catch {
      return false;
    }
    response.flushHeaders();
    response.detachSocket(this.#socket);
    // A tunnel may be silent for as long as both ends like.
    this.http.watch.release(this.#socket);
    this.#tunnel = true;
    this.http.answered(this, SWITCHING);
    const waiting = this.#early.subarray(this.#rode);
    this.#early = Buffer.alloc(0);
    if (waiting.length > 0) this.#send(this.http.dispatcher, waiting);
    if (this.bodyWindow > 0) this.#socket.resume();
    return true;
  }

  override bodyCredited(): void {
    if (this.#tunnel && this.bodyWindow > 0) this.#socket.resume();
  }

  override answerBody(chunk: Buffer): void {
    if (!this.#tunnel) return super.answerBody(chunk);
    const { dispatcher } = this.http;
    this.http.tunnelled(this, "sent", chunk.length);
    const bytes = this.#unsent > 0 ? keptBytes(chunk) : chunk;
    if (this.#socket.write(bytes) && this.#unsent === 0) {
      dispatcher.credit(this, chunk.length);
      return;
    }
    if (this.#unsent === 0) this.#socket.once("drain", () => this.#drained(dispatcher));
    this.#unsent += chunk.length;
  }

  override answerEnd(trailers: string[]): void {
    if (this.#tunnel) this.#socket.end();
    else super.answerEnd(trailers);
  }

  override closeTunnel(): void {
    if (!this.#socket.destroyed) closeLingering(this.#socket, LINGER_MS);
  }

  override cut(): void {
    // A client must not take a tunnel that was cut for one that was closed.
    if (this.#tunnel) resetConnection(this.#socket);
    else super.cut();
  }

  #fromClient(dispatcher: Dispatcher, chunk: Buffer): void {
    if (this.#tunnel) this.#send(dispatcher, chunk);
    else if (this.state === "waiting" || this.state === "claimed") this.#keep(chunk);
  }

  #keep(chunk: Buffer): void {
    this.#early = Buffer.concat([this.#early, chunk]);
    if (this.#early.length >= EARLY_MAX) this.#socket.pause();
  }

  #send(dispatcher: Dispatcher, chunk: Buffer): void {
    if (this.state !== "tunnel") return;
    this.http.tunnelled(this, "received", chunk.length);
    dispatcher.sendBody(this, chunk);
    if (this.bodyWindow <= 0) this.#socket.pause();
  }

  /** Without an answer, a client that sends no more has left: so it is for every request (node:http's rule). */
  #clientEnded(dispatcher: Dispatcher): void {
    if (this.state === "tunnel") dispatcher.sendBodyEnd(this, []);
    else if (this.state !== "done") this.#socket.destroy();
  }

  #drained(dispatcher: Dispatcher): void {
    const bytes = this.#unsent;
    this.#unsent = 0;
    dispatcher.credit(this, bytes);
  }
}

/** The fields of a 101, or undefined when it is none: it names one of the offered protocols, and frames nothing. */
function switchingFields(
  lines: readonly string[],
  offered: readonly string[],
): string[] | undefined {
  const fields = answerFields(lines)?.fields;
  if (!fields) return undefined;
  const chosen = valuesOf(lines, "upgrade");
  const protocols = protocolsOf(chosen.join(","));
  if (protocols.length === 0 || !protocols.every((protocol) => offered.includes(protocol)))
    return undefined;
  const kept = ["Connection", "Upgrade", "Upgrade", chosen.join(", ")];
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i] ?? "";
    if (name.toLowerCase() !== "content-length") kept.push(name, fields[i + 1] ?? "");
  }
  return kept;
}

/** `lines` is reason phrase, name, value, … */
function valuesOf(lines: readonly string[], name: string): string[] {
  return lines.filter((_, i) => i > 0 && i % 2 === 0 && lines[i - 1]?.toLowerCase() === name);
}
