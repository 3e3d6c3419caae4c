// The dispatch protocol at the worker: takes requests for free slots only, claims each to its listener, and
// runs it. Deterministic, as the dispatcher is.
//
// Rules (docs/protocol.md has the reasons):
//   1 Open pulls and requests in hand together never exceed the slots.
//   2 A claim leaves in the turn of its taking. The request starts at once, so that a small answer leaves
//     with its claim; after it, once the application has shown that it blocks the event loop.
//   3 A request that was sent out before, one past its deadline, and any after a stall, wait for the grant.
//   4 A broken connection ends every request in hand; once it is back, each listener is told that the
//     worker holds nothing of what was before.
//   5 A request about which its listener says nothing is claimed again, and in the end given up.
//   6 A worker that rests has no pull open and nothing in hand: it may be frozen for any time.

import { describeError, type Clock } from "@penstock/foundation";
import {
  ClaimFlag,
  decodeRequest,
  FrameWriter,
  readFrames,
  readTrailers,
  RequestFlag,
  ToListener,
  ToWorker,
  type FrameCursor,
  type FrameVisitor,
  type RequestEnvelope,
} from "@penstock/wire";
import { ClaimKeeper } from "./claim-keeper.ts";
import { BLOCKING_MS, TUNNEL_CLOSE_MS } from "./limits.ts";
import { StallDetector } from "./stall-detector.ts";
import { TakenRequest, type TakenRequestOwner } from "./taken-request.ts";
import type { Defer, WorkerReceiver, WorkerTransport } from "./transport.ts";
import type { ApplicationHost } from "./worker-exchange.ts";

/** What a {@link RequestReceiver} is made of. */
export interface RequestReceiverParts {
  readonly transport: WorkerTransport;
  readonly host: Pick<ApplicationHost, "handle">;
  readonly clock: Clock;
  /** Epoch milliseconds: deadlines come from another machine. */
  readonly epochNow: () => number;
  readonly defer: Defer;
  /** Requests that may be in hand at once. */
  readonly slots: number;
  /** Called when the number of requests in hand changed. */
  readonly changed: () => void;
  /** Called with what is wrong with a message that is no request. */
  readonly malformed: (what: string) => void;
}

/** A worker's end of its pool's queue. */
export class RequestReceiver implements WorkerReceiver, FrameVisitor, TakenRequestOwner {
  readonly #parts: RequestReceiverParts;
  readonly #transport: WorkerTransport;
  readonly #stall: StallDetector;
  readonly #claims: ClaimKeeper<TakenRequest>;
  readonly #requests = new Map<number, TakenRequest>();
  readonly #outboxes = new Map<string, FrameWriter>();
  #dirty: FrameWriter[] = [];
  #toStart: TakenRequest[] = [];
  /** The application has kept the event loop for long: claims must leave first. */
  #blocks = false;
  #flushPlanned = false;
  #open = 0;
  #lastTake = 0;
  #taken = 0;
  #state: "idle" | "receiving" | "resting" | "draining" = "idle";
  /** No pull was open and nothing in hand since the last order to rest. */
  #rested = false;
  #drain: Promise<void> | undefined;
  /** Called when nothing is in hand any more, or it does not matter any more. */
  #emptied: (() => void)[] = [];
  #fault: { readonly thrown: unknown } | undefined;

  constructor(parts: RequestReceiverParts) {
    this.#parts = parts;
    this.#transport = parts.transport;
    this.#stall = new StallDetector(parts.clock);
    this.#claims = new ClaimKeeper({
      clock: parts.clock,
      inHand: () => this.#requests.values(),
      renew: (request) => this.#claim(request),
      giveUp: (request) => {
        this.outbox(request.listener).signal(toListener(ToListener.abandon, 0, request));
        request.cancel();
      },
    });
    parts.transport.attach(this);
  }

  /** Requests in hand. */
  get running(): number {
    return this.#requests.size;
  }

  /** Requests taken since the start. */
  get taken(): number {
    return this.#taken;
  }

  /** Begins to take requests, or goes on after a rest. Without effect once it drains. */
  receive(): void {
    if (this.#state === "draining") return;
    this.#state = "receiving";
    // However long this process stood still: nothing was asked for, so nothing can have waited for it.
    if (this.#rested) this.#stall.restart();
    this.#rested = false;
    this.#tellEmptied();
    this.#planFlush();
  }

  /**
   * Asks for no more requests. Resolves true when those in hand are done and none can come any more, false when
   * {@link receive} or {@link drain} was called before.
   */
  async rest(): Promise<boolean> {
    if (this.#state === "draining") return false;
    this.#state = "resting";
    await this.#transport.stopPulling();
    while (this.#state === "resting" && this.#requests.size > 0) await this.#untilEmptied();
    if (this.#state !== "resting") return false;
    this.#open = 0;
    this.#rested = true;
    this.#flush();
    return true;
  }

  /** Takes no more requests and resolves when those in hand are done. */
  drain(): Promise<void> {
    this.#drain ??= this.#finishRequests();
    return this.#drain;
  }

  /**
   * Closes the tunnels in hand, in order: their applications are told that the client ended, and have a moment
   * for what they want to say to that.
   */
  hangUp(): void {
    const tunnels = [...this.#requests.values()].filter(({ tunnelled }) => tunnelled);
    if (tunnels.length === 0) return;
    for (const tunnel of tunnels) tunnel.hangUp();
    this.#parts.clock.after(TUNNEL_CLOSE_MS, () => {
      for (const tunnel of tunnels) tunnel.close();
    });
  }

  // ---- what the transport says

  delivered(message: Uint8Array): void {
    this.#open = Math.max(0, this.#open - 1);
    this.#planFlush();
    const envelope = decodeRequest(message);
    if ("malformed" in envelope) {
      this.#parts.malformed(envelope.malformed);
      return;
    }
    const request = this.#take(envelope);
    this.#claim(request);
    this.#parts.changed();
    if (request.state !== "starting") return;
    if (this.#blocks) this.#toStart.push(request);
    else this.#start(request);
  }

  unanswered(count: number): void {
    this.#open = Math.max(0, this.#open - count);
    this.#planFlush();
  }

  frames(message: Uint8Array): void {
    if (!readFrames(message, this)) this.#parts.malformed("frames that are cut");
    const fault = this.#fault;
    if (!fault) return;
    this.#fault = undefined;
    throw fault.thrown;
  }

  disconnected(): void {
    for (const outbox of this.#outboxes.values()) outbox.discard();
    this.#dirty = [];
    for (const request of this.#requests.values()) request.cancel();
  }

  reconnected(): void {
    // What was asked for meanwhile was lost, as what was asked for before.
    this.#open = 0;
    for (const listener of this.#outboxes.keys())
      this.outbox(listener).signal(toListener(ToListener.abandon, 0, EVERYTHING));
    this.#planFlush();
  }

  frame(frame: FrameCursor): void {
    const request = this.#requests.get(frame.take);
    if (!request || request.exchange !== frame.exchange) return;
    request.silentLooks = 0;
    try {
      this.#handle(request, frame);
    } catch (thrown) {
      this.#fault ??= { thrown };
      request.reset(describeError(thrown));
    }
  }

  #handle(request: TakenRequest, frame: FrameCursor): void {
    switch (frame.kind) {
      case ToWorker.grant:
        if (request.state === "asking") request.state = "starting";
        return this.#start(request);
      case ToWorker.refuse:
      case ToWorker.cancel:
        return request.cancel();
      case ToWorker.body:
        this.#start(request);
        return request.receiver?.body(frame.payload);
      case ToWorker.end:
        this.#start(request);
        return request.bodyEnded(readTrailers(frame.payload));
      case ToWorker.credit:
        if (frame.payload.length === 4) request.credited(frame.payload.readUInt32LE(0));
        return undefined;
      default:
        this.#parts.malformed(`a frame of kind ${frame.kind}`);
    }
  }

  // ---- what a taken request needs

  outbox(listener: string): FrameWriter {
    let outbox = this.#outboxes.get(listener);
    if (!outbox) {
      outbox = new FrameWriter((frames) => this.#transport.send(listener, frames));
      this.#outboxes.set(listener, outbox);
    }
    if (outbox.empty) {
      this.#dirty.push(outbox);
      this.#planFlush();
    }
    return outbox;
  }

  released(request: TakenRequest): void {
    this.#requests.delete(request.take);
    this.#parts.changed();
    this.#planFlush();
    if (this.#requests.size === 0) this.#tellEmptied();
  }

  // ----

  #take(envelope: RequestEnvelope): TakenRequest {
    this.#lastTake = (this.#lastTake + 1) >>> 0;
    this.#taken++;
    const { flags } = envelope;
    const facts = {
      encrypted: (flags & RequestFlag.encrypted) !== 0,
      http10: (flags & RequestFlag.http10) !== 0,
      bodyFollows: (flags & RequestFlag.bodyFollows) !== 0,
      upgrade: (flags & RequestFlag.upgrade) !== 0,
    };
    const request = new TakenRequest(envelope, this.#lastTake, facts, this);
    if (this.#mustAsk(envelope)) request.state = "asking";
    this.#requests.set(request.take, request);
    this.#claims.watch();
    return request;
  }

  #mustAsk(envelope: RequestEnvelope): boolean {
    if ((envelope.flags & RequestFlag.grantRequired) !== 0 || this.#stall.stalled) return true;
    return envelope.deadlineMs !== 0 && this.#parts.epochNow() > envelope.deadlineMs;
  }

  #claim(request: TakenRequest): void {
    const flags =
      (request.state === "asking" ? ClaimFlag.asks : 0) |
      (request.answering ? ClaimFlag.answering : 0);
    this.outbox(request.listener).signal(toListener(ToListener.claim, flags, request));
  }

  #start(request: TakenRequest): void {
    if (request.state !== "starting") return;
    request.state = "running";
    const startedAt = this.#parts.clock.now();
    try {
      this.#parts.host.handle(request);
    } catch (thrown) {
      request.reset(describeError(thrown));
    }
    if (this.#parts.clock.now() - startedAt > BLOCKING_MS) this.#blocks = true;
  }

  readonly #startAll = (): void => {
    const toStart = this.#toStart;
    this.#toStart = [];
    for (const request of toStart) this.#start(request);
  };

  async #finishRequests(): Promise<void> {
    this.#state = "draining";
    this.#tellEmptied();
    await this.#transport.stopPulling();
    this.#open = 0;
    while (this.#requests.size > 0) await this.#untilEmptied();
    this.#flush();
    this.#stall.stop();
  }

  #untilEmptied(): Promise<void> {
    return new Promise((resolve) => this.#emptied.push(resolve));
  }

  #tellEmptied(): void {
    const emptied = this.#emptied;
    this.#emptied = [];
    for (const resolve of emptied) resolve();
  }

  #planFlush(): void {
    if (this.#flushPlanned) return;
    this.#flushPlanned = true;
    this.#parts.defer(this.#flush);
  }

  readonly #flush = (): void => {
    this.#flushPlanned = false;
    const dirty = this.#dirty;
    if (dirty.length > 0) {
      this.#dirty = [];
      for (const outbox of dirty) outbox.flush();
    }
    if (this.#toStart.length > 0) this.#parts.defer(this.#startAll);
    if (this.#state === "receiving") this.#pull();
  };

  /** One pull for many slots: asked for when a quarter of the slots is free, or nothing else is open. */
  #pull(): void {
    const free = this.#parts.slots - this.#requests.size - this.#open;
    if (free <= 0 || (this.#open > 0 && free * 4 < this.#parts.slots)) return;
    this.#open += free;
    this.#transport.pull(free);
  }
}

/** No exchange has the number 0: an abandon of it is one of whatever the worker held. */
const EVERYTHING = { exchange: 0, take: 0 };

function toListener(
  kind: number,
  flags: number,
  { exchange, take }: { readonly exchange: number; readonly take: number },
): { kind: number; flags: number; number16: 0; exchange: number; take: number } {
  return { kind, flags, number16: 0, exchange, take };
}
