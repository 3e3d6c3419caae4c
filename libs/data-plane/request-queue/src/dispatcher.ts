// The dispatch protocol at the listener: who holds a request, and what becomes of it when something goes
// wrong. Deterministic: time, transport and the end of a turn come in, nothing else does.
//
// Rules (docs/protocol.md has the reasons):
//   1 A request is admitted or refused at once; admitted, it waits in its pool's queue.
//   2 One claim per attempt is accepted. Any other is refused, and its worker must not start, or stop.
//   3 A redelivered claim of what may not be repeated is refused and answered: an earlier taker may have
//     started it.
//   4 A lost worker's requests go out again if they may be repeated and nothing of an answer went out.
//   5 After a broken connection, what was claimed counts as lost; what waits goes out again unless the
//     broker is known to hold it.

import { assert, type Clock } from "@penstock/foundation";
import type { ReasonPhrase } from "@penstock/domain";
import {
  ClaimFlag,
  HeadFlag,
  readFrames,
  readHead,
  readTrailers,
  RequestFlag,
  ToListener,
  ToWorker,
  type FrameCursor,
  type FrameVisitor,
} from "@penstock/wire";
import { admit } from "./admission.ts";
import type { DispatchObserver } from "./dispatch-observer.ts";
import type { Exchange } from "./exchange.ts";
import { BODY_WINDOW, BROKER_GRACE_MS, CREDIT_STEP } from "./limits.ts";
import type { PoolQueue } from "./pool-queue.ts";
import { armRunningTimer, armWaitingTimer } from "./queue-timers.ts";
import type {
  Defer,
  ListenerReceiver,
  ListenerTransport,
  PublishRefusal,
  WorkerAddress,
} from "./transport.ts";
import type { WorkerLink } from "./worker-link.ts";
import { WorkerLinks } from "./worker-links.ts";

/** What a {@link Dispatcher} is made of. */
export interface DispatcherParts {
  readonly transport: ListenerTransport;
  readonly clock: Clock;
  readonly defer: Defer;
  readonly observer: DispatchObserver;
}

/** A listener's requests and the protocol that they follow. */
export class Dispatcher implements ListenerReceiver, FrameVisitor {
  readonly #transport: ListenerTransport;
  readonly #clock: Clock;
  readonly #observer: DispatchObserver;
  readonly #links: WorkerLinks;
  readonly #exchanges = new Map<number, Exchange>();
  /** Requests whose client left before their sequence number was known: pool by exchange number. */
  readonly #leftEarly = new Map<number, string>();
  #lastId = 0;
  #draining = false;
  #graceTimerSet = false;
  #drained: (() => void) | undefined;
  #link: WorkerLink | undefined;

  constructor(parts: DispatcherParts) {
    this.#transport = parts.transport;
    this.#clock = parts.clock;
    this.#observer = parts.observer;
    this.#links = new WorkerLinks({
      transport: parts.transport,
      clock: parts.clock,
      defer: parts.defer,
      lost: (link, detail) => this.#workerLost(link, detail),
    });
    parts.transport.attach(this);
  }

  /** Requests in hand. */
  get size(): number {
    return this.#exchanges.size;
  }

  /** Workers known, and requests whose removal waits for a sequence number: zero after all is done. */
  get leftovers(): number {
    return this.#exchanges.size + this.#leftEarly.size;
  }

  /** Admits a request and puts it into its queue, or refuses it. */
  dispatch(exchange: Exchange): void {
    const pool = exchange.pool;
    const refusal = admit(pool, this.#draining);
    if (refusal) {
      this.#observer.rejected(pool, refusal.reason, refusal.detail);
      exchange.state = "done";
      exchange.refuse(refusal.reason, refusal.detail);
      return;
    }
    exchange.admittedAt = this.#clock.now();
    pool.waiting.append(exchange);
    this.#enqueue(exchange, 0);
    if (!pool.waitingTimerSet) armWaitingTimer(pool, this.#clock, this.#expired);
    this.#observer.loadChanged(pool);
  }

  /** The client left. */
  leave(exchange: Exchange): void {
    if (exchange.state === "done" || exchange.state === "new") return;
    this.#observer.rejected(exchange.pool, "Client_Reset", "");
    this.#withdraw(exchange);
  }

  /** Sends request body bytes to the worker. The caller stays within `bodyWindow`. */
  sendBody(exchange: Exchange, chunk: Uint8Array): void {
    if (!exchange.worker) return;
    exchange.bodyWindow -= chunk.length;
    this.#outbox(exchange).bytes(toWorker(ToWorker.body, exchange), chunk);
  }

  /** The request body is complete. */
  sendBodyEnd(exchange: Exchange, trailers: readonly string[]): void {
    if (!exchange.worker) return;
    this.#outbox(exchange).text(toWorker(ToWorker.end, exchange), trailers.join("\n"));
  }

  /** The client consumed answer bytes. */
  credit(exchange: Exchange, bytes: number): void {
    if (exchange.state !== "answering") return;
    exchange.creditDue += bytes;
    if (exchange.creditDue < CREDIT_STEP) return;
    exchange.answerOutstanding -= exchange.creditDue;
    this.#outbox(exchange).credit(toWorker(ToWorker.credit, exchange), exchange.creditDue);
    exchange.creditDue = 0;
  }

  /** The answer is longer than its header promised. */
  overrun(exchange: Exchange): void {
    if (exchange.state === "answering")
      this.#breakOff(exchange, "more body than its Content-Length");
  }

  /** Answers every request that waits in a pool with a refusal. */
  refuseWaiting(pool: PoolQueue, reason: ReasonPhrase, detail: string): void {
    for (const exchange of pool.waiting.toArray()) this.#fail(exchange, reason, detail);
  }

  /** The runtime saw this worker end. */
  workerEnded(pool: string, worker: string, detail: string): void {
    const link = this.#links.find(pool, worker);
    if (link) this.#workerLost(link, detail);
  }

  /** Refuses new requests and resolves when none is left. */
  drain(): Promise<void> {
    this.#draining = true;
    return new Promise((resolve) => {
      if (this.#exchanges.size === 0) resolve();
      else this.#drained = resolve;
    });
  }

  /** Gives up whatever is left, at the end of a drain that took too long. */
  abort(): void {
    for (const exchange of this.#exchanges.values()) {
      this.#fail(exchange, "AppShutdown", "the listener's shutdown limit passed");
    }
  }

  // ---- what the transport says

  frames(address: WorkerAddress, message: Uint8Array): void {
    this.#link = this.#links.heard(address);
    if (!readFrames(message, this)) this.#misbehaved("a message that is cut");
  }

  published(id: number, sequence: number): void {
    const exchange = this.#exchanges.get(id);
    if (exchange) {
      exchange.sequence = sequence;
      return;
    }
    const pool = this.#leftEarly.get(id);
    if (pool === undefined) return;
    this.#leftEarly.delete(id);
    this.#transport.remove(pool, sequence);
  }

  refused(id: number, refusal: PublishRefusal): void {
    this.#leftEarly.delete(id);
    const exchange = this.#exchanges.get(id);
    if (exchange?.state !== "waiting") return;
    exchange.published = false;
    if (refusal.kind === "full") this.#fail(exchange, "QueueFull", "");
    else this.#fail(exchange, "QueueUnavailable", refusal.detail);
  }

  disconnected(): void {
    if (this.#graceTimerSet) return;
    this.#graceTimerSet = true;
    this.#clock.after(BROKER_GRACE_MS, () => {
      this.#graceTimerSet = false;
      if (this.#transport.connected) return;
      const admittedBefore = this.#clock.now() - BROKER_GRACE_MS;
      for (const exchange of this.#exchanges.values()) {
        if (exchange.published || exchange.state !== "waiting") continue;
        if (exchange.admittedAt <= admittedBefore) this.#unavailable(exchange);
      }
      this.disconnected();
    });
  }

  reconnected(brokerRestarted: boolean): void {
    this.#leftEarly.clear();
    // A copy: what goes out again comes back under a new number.
    for (const exchange of Array.from(this.#exchanges.values())) {
      if (exchange.state === "waiting") this.#resume(exchange, brokerRestarted);
      else this.#abandoned(exchange, "the connection to the broker broke");
    }
  }

  frame(frame: FrameCursor): void {
    const link = this.#link;
    assert(link, "frames come from a worker");
    const exchange = this.#exchanges.get(frame.exchange);
    if (frame.kind === ToListener.claim) {
      this.#claim(link, exchange, frame);
      return;
    }
    // What is late, foreign or made up ends here.
    if (!exchange || exchange.worker !== link || exchange.take !== frame.take) return;
    switch (frame.kind) {
      case ToListener.head:
        this.#head(exchange, frame);
        break;
      case ToListener.body:
        this.#body(exchange, frame);
        break;
      case ToListener.end:
        this.#end(exchange, frame);
        break;
      case ToListener.credit:
        if (frame.payload.length !== 4) return this.#misbehaved("a credit without a count");
        exchange.bodyWindow += frame.payload.readUInt32LE(0);
        exchange.bodyCredited();
        break;
      case ToListener.reset:
        this.#failed(exchange, frame.payload.toString("utf8"));
        break;
      case ToListener.abandon:
        this.#abandoned(exchange, "the worker gave it back");
        break;
      default:
        this.#misbehaved(`a frame of kind ${frame.kind}`);
    }
  }

  // ---- claims and answers

  #claim(link: WorkerLink, exchange: Exchange | undefined, frame: FrameCursor): void {
    const refuse = {
      kind: ToWorker.refuse,
      flags: 0,
      number16: 0,
      exchange: frame.exchange,
      take: frame.take,
    };
    if (exchange?.state !== "waiting" || exchange.pool.name !== link.address.pool) {
      this.#leftEarly.delete(frame.exchange);
      this.#links.outbox(link).signal(refuse);
      return;
    }
    if ((frame.flags & ClaimFlag.redelivered) !== 0 && !exchange.repeatable) {
      this.#links.outbox(link).signal(refuse);
      this.#fail(
        exchange,
        "Connection_Abandoned_By_ReqQueue",
        "the worker that took it first is gone",
      );
      return;
    }
    const pool = exchange.pool;
    const now = this.#clock.now();
    pool.waiting.remove(exchange);
    pool.running.append(exchange);
    pool.drainRate.claimed(now);
    exchange.state = "claimed";
    exchange.claimedAt = now;
    exchange.worker = link;
    exchange.take = frame.take;
    exchange.bodyWindow = BODY_WINDOW;
    link.exchanges.add(exchange);
    this.#observer.claimed(pool, now - exchange.admittedAt);
    this.#observer.loadChanged(pool);
    if (pool.route.requestTimeoutMs > 0 && !pool.runningTimerSet)
      armRunningTimer(pool, this.#clock, this.#overdue);
    if ((frame.flags & ClaimFlag.asks) !== 0)
      this.#outbox(exchange).signal(toWorker(ToWorker.grant, exchange));
    exchange.claimed();
  }

  #head(exchange: Exchange, frame: FrameCursor): void {
    if (exchange.state !== "claimed") return this.#misbehaved("a second head");
    const head = readHead(frame.payload);
    const end = (frame.flags & HeadFlag.end) !== 0;
    if (head) {
      exchange.state = "answering";
      if (exchange.answer(frame.number16, head.lines, head.body, end)) {
        exchange.answerOutstanding = head.body.length;
        if (end) this.#finish(exchange);
        return;
      }
      if (exchange.state !== "answering") return;
      exchange.state = "claimed";
    }
    this.#misbehaved("a head that is not valid HTTP");
    this.#cancel(exchange);
    this.#fail(exchange, "BadGatewayResponse", "its header is not valid HTTP");
  }

  #body(exchange: Exchange, frame: FrameCursor): void {
    if (exchange.state !== "answering") return this.#misbehaved("a body before its head");
    exchange.answerOutstanding += frame.payload.length;
    if (exchange.answerOutstanding > 2 * BODY_WINDOW) {
      this.#misbehaved("more body than its window");
      this.#cancel(exchange);
      this.#failed(exchange, "the worker ignored the window");
      return;
    }
    exchange.answerBody(frame.payload);
  }

  #end(exchange: Exchange, frame: FrameCursor): void {
    if (exchange.state !== "answering") return this.#misbehaved("an end before its head");
    exchange.answerEnd(readTrailers(frame.payload));
    this.#finish(exchange);
  }

  // ---- endings

  /** The application, or its worker, cannot complete the answer. */
  #failed(exchange: Exchange, detail: string): void {
    if (exchange.state === "claimed") this.#fail(exchange, "BadGatewayResponse", detail);
    else this.#breakOff(exchange, detail);
  }

  #workerLost(link: WorkerLink, detail: string): void {
    for (const exchange of link.exchanges) this.#abandoned(exchange, detail);
    this.#links.drop(link);
  }

  /** Whoever had the request has it no more. */
  #abandoned(exchange: Exchange, detail: string): void {
    if (exchange.state === "answering") return this.#breakOff(exchange, detail);
    const pool = exchange.pool;
    if (!exchange.repeatable || exchange.attempt >= pool.route.delivery.maxAttempts) {
      this.#fail(exchange, "Connection_Abandoned_By_ReqQueue", detail);
      return;
    }
    this.#cancel(exchange);
    this.#release(exchange);
    exchange.state = "waiting";
    pool.waiting.prepend(exchange);
    this.#observer.redispatched(pool, detail);
    this.#enqueue(exchange, 0);
    if (!pool.waitingTimerSet) armWaitingTimer(pool, this.#clock, this.#expired);
    this.#observer.loadChanged(pool);
  }

  /** The connection is back: does the broker still hold this waiting request? */
  #resume(exchange: Exchange, brokerRestarted: boolean): void {
    if (exchange.published && exchange.sequence > 0 && !brokerRestarted) return;
    if (exchange.published && !brokerRestarted && !exchange.repeatable) {
      this.#unavailable(exchange);
      return;
    }
    exchange.published = true;
    exchange.sequence = 0;
    this.#transport.publish(
      exchange.pool.name,
      exchange.id,
      exchange.envelope(RequestFlag.grantRequired),
    );
  }

  #unavailable(exchange: Exchange): void {
    this.#fail(exchange, "QueueUnavailable", "the connection to the broker broke");
  }

  #fail(exchange: Exchange, reason: ReasonPhrase, detail: string): void {
    if (exchange.state === "done") return;
    if (exchange.state === "answering") return this.#breakOff(exchange, detail);
    this.#observer.rejected(exchange.pool, reason, detail);
    this.#withdraw(exchange);
    exchange.refuse(reason, detail);
  }

  #breakOff(exchange: Exchange, detail: string): void {
    this.#observer.brokenOff(exchange.pool, detail);
    this.#withdraw(exchange);
    exchange.cut();
  }

  /** Takes the request back from wherever it is. */
  #withdraw(exchange: Exchange): void {
    if (exchange.state === "waiting") {
      if (exchange.sequence > 0) this.#transport.remove(exchange.pool.name, exchange.sequence);
      else if (exchange.published) this.#leftEarly.set(exchange.id, exchange.pool.name);
    } else {
      this.#cancel(exchange);
    }
    this.#finish(exchange);
  }

  #finish(exchange: Exchange): void {
    if (exchange.state === "waiting") exchange.pool.waiting.remove(exchange);
    else this.#release(exchange);
    exchange.state = "done";
    this.#exchanges.delete(exchange.id);
    this.#observer.loadChanged(exchange.pool);
    if (this.#exchanges.size === 0) this.#drained?.();
  }

  /** Unties a claimed request from its worker. */
  #release(exchange: Exchange): void {
    exchange.pool.running.remove(exchange);
    exchange.worker?.exchanges.delete(exchange);
    exchange.worker = undefined;
  }

  #cancel(exchange: Exchange): void {
    if (exchange.worker) this.#outbox(exchange).signal(toWorker(ToWorker.cancel, exchange));
  }

  // ---- attempts and timers

  /** Starts an attempt: a new number, one publish. */
  #enqueue(exchange: Exchange, flags: number): void {
    this.#exchanges.delete(exchange.id);
    exchange.id = this.#nextId();
    exchange.attempt++;
    exchange.state = "waiting";
    exchange.sequence = 0;
    this.#exchanges.set(exchange.id, exchange);
    exchange.published = this.#transport.connected;
    if (exchange.published)
      this.#transport.publish(exchange.pool.name, exchange.id, exchange.envelope(flags));
    else this.disconnected();
  }

  #nextId(): number {
    do this.#lastId = (this.#lastId + 1) >>> 0;
    while (this.#lastId === 0 || this.#exchanges.has(this.#lastId));
    return this.#lastId;
  }

  readonly #expired = (exchange: Exchange): void => {
    this.#fail(exchange, "Timer_ReqQueue", "");
  };

  readonly #overdue = (exchange: Exchange): void => {
    this.#fail(exchange, "Timer_Response", "");
  };

  #outbox(exchange: Exchange): ReturnType<WorkerLinks["outbox"]> {
    assert(exchange.worker, "only a claimed request has a worker");
    return this.#links.outbox(exchange.worker);
  }

  #misbehaved(what: string): void {
    const address = this.#link?.address;
    this.#observer.misbehaved(address?.pool ?? "", address?.worker ?? "", what);
  }
}

function toWorker(
  kind: number,
  exchange: Exchange,
): { kind: number; flags: 0; number16: 0; exchange: number; take: number } {
  return { kind, flags: 0, number16: 0, exchange: exchange.id, take: exchange.take };
}
