// What workers say to a listener, frame by frame: claims are accepted or refused, answers passed on to
// their clients. A worker is not trusted: what it says touches no request but those that it holds.

import type { Clock } from "@penstock/foundation";
import {
  ClaimFlag,
  EndFlag,
  FRAME_HEADER,
  HeadFlag,
  readFrames,
  readHead,
  readTrailers,
  ToListener,
  ToWorker,
  type FrameCursor,
  type FrameVisitor,
} from "@penstock/wire";
import type { DispatchObserver } from "./dispatch-observer.ts";
import type { Exchange } from "./exchange.ts";
import { BODY_WINDOW } from "./limits.ts";
import { armRunningTimer } from "./queue-timers.ts";
import type { WorkerAddress } from "./transport.ts";
import type { WorkerLink } from "./worker-link.ts";
import type { WorkerLinks } from "./worker-links.ts";

/** What becomes of a request: the dispatcher's endings, as far as workers bring them about. */
export interface Endings {
  /** Whoever had the request has it no more. */
  abandoned(exchange: Exchange, detail: string): void;
  /** Whatever the worker had, it has no more. */
  gaveUp(link: WorkerLink, detail: string): void;
  /** The application, or its worker, cannot complete the answer. */
  failed(exchange: Exchange, detail: string): void;
  readonly overdue: (exchange: Exchange) => void;
  /** The answer is complete. */
  finished(exchange: Exchange): void;
  /** Both ends have closed a tunnel, or the worker did for both. */
  tunnelClosed(exchange: Exchange): void;
  /** A worker has the message of an attempt of which nothing is known here. */
  unknown(id: number): void;
}

/** What {@link WorkerFrames} are made of. */
export interface WorkerFramesParts {
  readonly exchanges: ReadonlyMap<number, Exchange>;
  readonly links: WorkerLinks;
  readonly endings: Endings;
  readonly clock: Clock;
  readonly observer: DispatchObserver;
}

/** More than a worker may send before its client consumed something. A head's own body may exceed the window. */
const OUTSTANDING_MAX = 2 * BODY_WINDOW;

/** 101 Switching Protocols. */
const SWITCHING = 101;

/** Reads what workers say. */
export class WorkerFrames implements FrameVisitor {
  readonly #parts: WorkerFramesParts;
  #link: WorkerLink;
  #fault: { readonly thrown: unknown } | undefined;

  constructor(parts: WorkerFramesParts) {
    this.#parts = parts;
    this.#link = parts.links.nobody;
  }

  /**
   * Reads one message. A fault of ours while one request is handled ends that request only; it is thrown
   * after the message was read to its end.
   */
  read(address: WorkerAddress, message: Uint8Array): void {
    this.#link = this.#parts.links.heard(address);
    if (!readFrames(message, this)) this.#misbehaved("a message that is cut");
    const fault = this.#fault;
    if (!fault) return;
    this.#fault = undefined;
    throw fault.thrown;
  }

  frame(frame: FrameCursor): void {
    const exchange = this.#parts.exchanges.get(frame.exchange);
    try {
      this.#handle(exchange, frame);
    } catch (thrown) {
      this.#fault ??= { thrown };
      if (exchange) this.#parts.endings.failed(exchange, "a fault in the listener");
    }
  }

  #handle(exchange: Exchange | undefined, frame: FrameCursor): void {
    if (frame.kind === ToListener.claim) return this.#claim(exchange, frame);
    if (!exchange) {
      if (frame.kind === ToListener.abandon && frame.exchange === 0)
        this.#parts.endings.gaveUp(this.#link, "its connection to the broker broke");
      else this.#ignored();
      return;
    }
    if (exchange.state === "waiting") this.#adopt(exchange, frame);
    // What is late, foreign or made up ends here.
    if (exchange.worker !== this.#link || exchange.take !== frame.take) return this.#ignored();
    switch (frame.kind) {
      case ToListener.head:
        return this.#head(exchange, frame);
      case ToListener.body:
        return this.#body(exchange, frame.payload);
      case ToListener.end:
        return this.#end(exchange, frame);
      case ToListener.interim:
        return this.#interim(exchange, frame);
      case ToListener.credit:
        return this.#credit(exchange, frame.payload);
      case ToListener.reset:
        return this.#parts.endings.failed(exchange, frame.payload.toString("utf8"));
      case ToListener.abandon:
        return this.#parts.endings.abandoned(exchange, "the worker gave it back");
      default:
        this.#misbehaved(`a frame of kind ${frame.kind}`);
    }
  }

  // ---- claims

  #claim(exchange: Exchange | undefined, frame: FrameCursor): void {
    const link = this.#link;
    if (exchange?.state !== "waiting" || exchange.pool.name !== link.address.pool) {
      // Repeated by a worker that heard nothing for a while: it may have lost a listener.
      const holds = exchange && exchange.worker === link && exchange.take === frame.take;
      if (!exchange) this.#parts.endings.unknown(frame.exchange);
      if (!holds) this.#ignored();
      this.#signal(holds ? ToWorker.grant : ToWorker.refuse, frame);
      return;
    }
    this.#accept(exchange, frame);
    if ((frame.flags & ClaimFlag.answering) !== 0) this.#headLost(exchange);
  }

  /**
   * A request that counts as waiting, of which a worker of its pool speaks: its claim was lost with our
   * connection. Its answer is still good from its head on.
   */
  #adopt(exchange: Exchange, frame: FrameCursor): void {
    if (exchange.pool.name !== this.#link.address.pool) return;
    this.#accept(exchange, frame);
    const { kind } = frame;
    if (kind === ToListener.body || kind === ToListener.end || kind === ToListener.credit)
      this.#headLost(exchange);
  }

  #headLost(exchange: Exchange): void {
    const detail = "the head of its answer was lost with the connection to the broker";
    this.#parts.endings.abandoned(exchange, detail);
  }

  #accept(exchange: Exchange, frame: FrameCursor): void {
    const { clock, observer, endings } = this.#parts;
    const link = this.#link;
    const pool = exchange.pool;
    const now = clock.now();
    pool.waiting.remove(exchange);
    pool.running.append(exchange);
    pool.drainRate.claimed(now);
    pool.claimedAt = now;
    exchange.state = "claimed";
    exchange.claimedAt = now;
    exchange.worker = link;
    exchange.take = frame.take;
    exchange.bodyWindow = BODY_WINDOW;
    exchange.answerOutstanding = 0;
    link.exchanges.add(exchange);
    observer.claimed(pool, now - exchange.admittedAt);
    observer.loadChanged(pool);
    armRunningTimer(pool, clock, endings.overdue);
    if (frame.kind === ToListener.claim && (frame.flags & ClaimFlag.asks) !== 0)
      this.#signal(ToWorker.grant, frame);
    exchange.claimed();
  }

  // ---- answers

  #head(exchange: Exchange, frame: FrameCursor): void {
    if (exchange.state !== "claimed") return this.#misbehaved("a second head");
    const head = readHead(frame.payload);
    if (frame.number16 === SWITCHING && head) return this.#switch(exchange, frame, head);
    if (head && head.body.length > OUTSTANDING_MAX) return this.#overflow(exchange);
    if (head) {
      const end = (frame.flags & HeadFlag.end) !== 0;
      exchange.state = "answering";
      exchange.answerOutstanding = head.body.length;
      const valid = exchange.answer(frame.number16, head.lines, head.body, end);
      // The client may have gone, or the answer turned out too long, meanwhile.
      if (exchange.state !== "answering") return;
      if (valid) {
        if (end) this.#parts.endings.finished(exchange);
        return;
      }
      exchange.state = "claimed";
    }
    this.#invalid(exchange);
  }

  /** The application leaves HTTP: only when it was asked to, and its answer has no end here. */
  #switch(
    exchange: Exchange,
    { flags }: FrameCursor,
    head: { lines: string[]; body: Buffer },
  ): void {
    exchange.state = "tunnel";
    if (!exchange.asksUpgrade || flags !== 0 || !exchange.switchProtocols(head.lines)) {
      exchange.state = "claimed";
      return this.#invalid(exchange);
    }
    exchange.answerOutstanding = 0;
    this.#parts.observer.tunnelOpened(exchange.pool);
    if (head.body.length > 0) this.#body(exchange, head.body);
  }

  /** Bytes of interim answers nobody credits: they have the window's tolerance until the head. */
  #interim(exchange: Exchange, { number16, payload }: FrameCursor): void {
    if (exchange.state !== "claimed") return this.#misbehaved("an interim answer after the head");
    exchange.answerOutstanding += payload.length + FRAME_HEADER;
    if (exchange.answerOutstanding > OUTSTANDING_MAX) return this.#overflow(exchange);
    if (!exchange.interim(number16, readTrailers(payload))) this.#invalid(exchange);
  }

  #invalid(exchange: Exchange): void {
    this.#misbehaved("a head that is not valid HTTP");
    this.#parts.endings.failed(exchange, "its header is not valid HTTP");
  }

  #body(exchange: Exchange, chunk: Buffer): void {
    if (exchange.halfClosed === "application") return this.#misbehaved("a body after its end");
    if (exchange.state !== "answering" && exchange.state !== "tunnel")
      return this.#early(exchange, "a body before its head");
    exchange.answerOutstanding += chunk.length;
    if (exchange.answerOutstanding > OUTSTANDING_MAX) return this.#overflow(exchange);
    exchange.answerBody(chunk);
  }

  #end(exchange: Exchange, { flags, payload }: FrameCursor): void {
    if (exchange.state === "tunnel") return this.#tunnelEnd(exchange, flags);
    if (exchange.state !== "answering") return this.#early(exchange, "an end before its head");
    exchange.answerEnd(readTrailers(payload));
    this.#parts.endings.finished(exchange);
  }

  #tunnelEnd(exchange: Exchange, flags: number): void {
    const bothWays = (flags & EndFlag.bothWays) !== 0;
    if (bothWays || exchange.halfClosed === "client") {
      this.#parts.endings.tunnelClosed(exchange);
      exchange.closeTunnel();
    } else if (exchange.halfClosed === "application") {
      this.#misbehaved("a second end");
    } else {
      exchange.halfClosed = "application";
      exchange.answerEnd([]);
    }
  }

  #credit(exchange: Exchange, payload: Buffer): void {
    if (payload.length !== 4) return this.#misbehaved("a credit without a count");
    const window = exchange.bodyWindow + payload.readUInt32LE(0);
    if (window > BODY_WINDOW) this.#misbehaved("credit beyond the window");
    exchange.bodyWindow = Math.min(window, BODY_WINDOW);
    exchange.bodyCredited();
  }

  #early(exchange: Exchange, what: string): void {
    this.#misbehaved(what);
    this.#parts.endings.failed(exchange, what);
  }

  #overflow(exchange: Exchange): void {
    this.#misbehaved("more body than its window");
    this.#parts.endings.failed(exchange, "the worker ignored the window");
  }

  // ----

  #signal(kind: number, { exchange, take }: FrameCursor): void {
    const outbox = this.#parts.links.outbox(this.#link);
    outbox.signal({ kind, flags: 0, number16: 0, exchange, take });
  }

  #ignored(): void {
    this.#parts.observer.ignored(this.#link.address.pool);
  }

  #misbehaved(what: string): void {
    const { pool, worker } = this.#link.address;
    this.#parts.observer.misbehaved(pool, worker, what);
  }
}
