// One taken request inside a worker: turns what the application does into frames and keeps the windows.
//
//   asking ──grant──> starting ──> running ──end, reset, cancel──> done
//      └──refusal, silence──> done
//
//   A running upgrade that was answered with 101 is a tunnel: it is done when both ends have ended.
//
// What does not fit through the window is copied and kept until credit comes; the application is told to
// wait, so that this is never more than what it hands over in one call.

import {
  EndFlag,
  FRAME_BODY_MAX,
  HeadFlag,
  ToListener,
  type FrameWriter,
  type RequestEnvelope,
} from "@penstock/wire";
import type { KeptClaim } from "./claim-keeper.ts";
import { CREDIT_STEP, FIELDS_TEXT_MAX, FIRST_WINDOW } from "./limits.ts";
import type {
  ExchangeReceiver,
  RequestHead,
  ResponseHead,
  WorkerExchange,
} from "./worker-exchange.ts";

/** 101 Switching Protocols. */
const SWITCHING = 101;

/** What the flags of its envelope say about a request. */
export interface TakenFacts {
  readonly encrypted: boolean;
  readonly http10: boolean;
  readonly bodyFollows: boolean;
  readonly upgrade: boolean;
}

/** What a taken request needs of its worker. */
export interface TakenRequestOwner {
  /** The outbox of the request's listener, to be flushed when the turn ends. */
  outbox(listener: string): FrameWriter;
  /** The request is over: its slot is free. */
  released(request: TakenRequest): void;
}

/** A request that this worker took. */
export class TakenRequest implements WorkerExchange, KeptClaim {
  readonly head: RequestHead;
  readonly firstBody: Uint8Array | undefined;
  readonly bodyComplete: boolean;
  readonly upgrade: boolean;
  readonly listener: string;
  readonly exchange: number;
  readonly take: number;
  silentLooks = 0;
  state: "asking" | "starting" | "running" | "done" = "starting";
  receiver: ExchangeReceiver | undefined = undefined;
  readonly #owner: TakenRequestOwner;
  /** The listener widens it with its credit. */
  #window = FIRST_WINDOW;
  #backlog: Uint8Array[] = [];
  #trailers = "";
  #consumed = 0;
  #responded = false;
  #ended = false;
  #endSent = false;
  /** Of a tunnel: neither end has closed; the client has; the end of both is to be said with the application's. */
  #tunnel: "none" | "open" | "client ended" | "closing" = "none";

  constructor(
    envelope: RequestEnvelope,
    take: number,
    facts: TakenFacts,
    owner: TakenRequestOwner,
  ) {
    this.head = {
      method: envelope.method,
      target: envelope.target,
      httpVersionMinor: facts.http10 ? 0 : 1,
      rawHeaders: envelope.rawHeaders,
      connection: {
        remoteAddress: envelope.remoteAddress,
        remotePort: envelope.remotePort,
        localAddress: envelope.localAddress,
        localPort: envelope.localPort,
        encrypted: facts.encrypted,
      },
    };
    this.firstBody = envelope.body;
    this.bodyComplete = !facts.bodyFollows;
    this.upgrade = facts.upgrade;
    this.listener = envelope.listener;
    this.exchange = envelope.exchange;
    this.take = take;
    this.#owner = owner;
  }

  /** The head of its answer was sent. */
  get answering(): boolean {
    return this.#responded;
  }

  /** It is a tunnel. */
  get tunnelled(): boolean {
    return this.#tunnel !== "none";
  }

  // ---- what the application calls

  creditBody(bytes: number): void {
    if (this.state !== "running" || (this.bodyComplete && !this.tunnelled)) return;
    this.#consumed += bytes;
    if (this.#consumed < CREDIT_STEP) return;
    this.#outbox().credit(this.#frame(ToListener.credit, 0, 0), this.#consumed);
    this.#consumed = 0;
  }

  interim(status: number, rawHeaders: readonly string[]): void {
    if (this.state !== "running" || this.#responded) return;
    const text = rawHeaders.join("\n");
    if (text.length > FIELDS_TEXT_MAX) return;
    this.#outbox().text(this.#frame(ToListener.interim, 0, status), text);
  }

  respond(head: ResponseHead, body: Uint8Array | undefined, end: boolean): void {
    if (this.state !== "running" || this.#responded) return;
    const fields = head.rawHeaders;
    if (head.status === SWITCHING) {
      if (!this.upgrade) return this.reset("it switched protocols without having been asked to");
      this.#tunnel = "open";
    }
    const text =
      fields.length === 0 ? head.statusMessage : `${head.statusMessage}\n${fields.join("\n")}`;
    if (text.length > FIELDS_TEXT_MAX) return this.reset(`its header has ${text.length} bytes`);
    this.#responded = true;
    if (body === undefined || body.length <= FRAME_BODY_MAX) {
      this.#window -= body?.length ?? 0;
      this.#outbox().head(
        this.#frame(ToListener.head, end ? HeadFlag.end : 0, head.status),
        text,
        body,
      );
      if (end) this.#finish();
      return;
    }
    this.#outbox().head(this.#frame(ToListener.head, 0, head.status), text, undefined);
    this.write(body);
    if (end) this.end([]);
  }

  write(chunk: Uint8Array): boolean {
    if (this.state !== "running" || this.#ended) return true;
    let rest = chunk;
    if (this.#backlog.length === 0) rest = this.#send(chunk);
    if (rest.length > 0) this.#backlog.push(Uint8Array.from(rest));
    return this.#window > 0 && this.#backlog.length === 0;
  }

  end(trailers: readonly string[]): void {
    if (this.state !== "running" || this.#ended) return;
    const text = trailers.join("\n");
    if (text.length > FIELDS_TEXT_MAX) return this.reset(`its trailers have ${text.length} bytes`);
    this.#ended = true;
    this.#trailers = text;
    if (this.#backlog.length === 0) this.#sendEnd();
  }

  close(): void {
    if (this.state !== "running" || !this.tunnelled) return;
    this.#tunnel = "closing";
    if (!this.#ended) this.end([]);
    // Its own end was said before: only the client's is left to be said.
    else if (this.#backlog.length === 0) this.#sendEnd();
  }

  reset(detail: string): void {
    if (this.state !== "running") return;
    this.#outbox().bytes(this.#frame(ToListener.reset, 0, 0), Buffer.from(detail));
    this.#finish();
  }

  // ---- what the listener says

  /** The listener's credit for answer bytes that the client consumed. */
  credited(bytes: number): void {
    this.#window += bytes;
    while (this.#backlog.length > 0 && this.#window > 0) {
      const first = this.#backlog[0] ?? new Uint8Array(0);
      const rest = this.#send(first);
      if (rest.length > 0) {
        this.#backlog[0] = rest;
        return;
      }
      this.#backlog.shift();
    }
    if (this.#backlog.length > 0) return;
    if (this.#ended) {
      if (!this.#endSent) this.#sendEnd();
    } else if (this.#window > 0) this.receiver?.window();
  }

  /** The request body is complete, or the client sends nothing more into the tunnel. */
  bodyEnded(trailers: string[]): void {
    if (this.state !== "running" || this.#tunnel === "closing") return;
    if (this.#tunnel === "open") this.#tunnel = "client ended";
    this.receiver?.bodyEnd(trailers);
    if (this.tunnelled && this.#endSent) this.#finish();
  }

  /** This worker goes: the application of a tunnel is told that its client ended, and both ends close with its own. */
  hangUp(): void {
    if (this.state !== "running" || !this.tunnelled) return;
    const clientEnded = this.#tunnel === "client ended";
    this.#tunnel = "closing";
    if (this.#ended) this.close();
    else if (!clientEnded) this.receiver?.bodyEnd([]);
  }

  /** The listener gave the request up, or its connection is gone. */
  cancel(): void {
    if (this.state === "done") return;
    const receiver = this.receiver;
    this.#finish();
    receiver?.cancel();
  }

  // ----

  /** Sends what the window allows and returns what it does not. */
  #send(chunk: Uint8Array): Uint8Array {
    let at = 0;
    while (at < chunk.length && this.#window > 0) {
      const size = Math.min(chunk.length - at, FRAME_BODY_MAX, this.#window);
      this.#outbox().bytes(this.#frame(ToListener.body, 0, 0), chunk.subarray(at, at + size));
      this.#window -= size;
      at += size;
    }
    return at === 0 ? chunk : chunk.subarray(at);
  }

  #sendEnd(): void {
    this.#endSent = true;
    const flags = this.#tunnel === "closing" ? EndFlag.bothWays : 0;
    this.#outbox().text(this.#frame(ToListener.end, flags, 0), this.#trailers);
    if (this.#tunnel !== "open") this.#finish();
  }

  #finish(): void {
    this.state = "done";
    this.#backlog = [];
    this.receiver = undefined;
    this.#owner.released(this);
  }

  #outbox(): FrameWriter {
    return this.#owner.outbox(this.listener);
  }

  #frame(
    kind: number,
    flags: number,
    number16: number,
  ): { kind: number; flags: number; number16: number; exchange: number; take: number } {
    return { kind, flags, number16, exchange: this.exchange, take: this.take };
  }
}
