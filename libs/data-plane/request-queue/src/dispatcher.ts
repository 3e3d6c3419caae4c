// The dispatch protocol at the listener: who holds a request, and what becomes of it when something goes
// wrong. Deterministic: time, transport and the end of a turn come in, nothing else does.
//
// Rules (docs/protocol.md has the reasons):
//   1 A request is admitted or refused at once; admitted, it waits in its pool's queue.
//   2 One claim per attempt is accepted. Any other is refused, and its worker must not start, or stop.
//   3 What left its queue and was not claimed in time goes out again if it may be repeated, and is answered
//     otherwise: whoever took it may have started it.
//   4 A lost worker's requests go out again if they may be repeated and nothing of an answer went out.
//   5 After a broken connection, what was claimed counts as lost, and the queue tells what became of what
//     waited. Where the broker restarted, what waited goes out again if it may be repeated, and is refused
//     otherwise: somebody may have started it.

import { assert, type Clock } from "@penstock/foundation";
import type { ReasonPhrase } from "@penstock/domain";
import { RequestFlag, ToWorker } from "@penstock/wire";
import { admit } from "./admission.ts";
import { AnswerWindows } from "./answer-windows.ts";
import type { DispatchObserver, LeavePhase, TunnelEnd } from "./dispatch-observer.ts";
import { Enqueuer } from "./enqueuer.ts";
import type { Exchange } from "./exchange.ts";
import type { PoolQueue } from "./pool-queue.ts";
import { armWaitingTimer } from "./queue-timers.ts";
import type {
  Defer,
  ListenerReceiver,
  ListenerTransport,
  PublishRefusal,
  WorkerAddress,
} from "./transport.ts";
import { WorkerFrames } from "./worker-frames.ts";
import type { WorkerLink } from "./worker-link.ts";
import { WorkerLinks } from "./worker-links.ts";

const LEAVE_PHASES = {
  new: "queued",
  waiting: "queued",
  claimed: "assigned",
  answering: "response",
} as const satisfies Record<string, LeavePhase>;

/** What a {@link Dispatcher} is made of. */
export interface DispatcherParts {
  readonly transport: ListenerTransport;
  readonly clock: Clock;
  readonly defer: Defer;
  readonly observer: DispatchObserver;
  /** Number of the first attempt. Default 1. */
  readonly firstExchange?: number;
}

/** A listener's requests and the protocol that they follow. */
export class Dispatcher implements ListenerReceiver {
  readonly #clock: Clock;
  readonly #defer: Defer;
  readonly #observer: DispatchObserver;
  readonly #exchanges = new Map<number, Exchange>();
  readonly #enqueuer: Enqueuer;
  readonly #links: WorkerLinks;
  readonly #frames: WorkerFrames;
  readonly #windows = new AnswerWindows();
  #lastId: number;
  #draining = false;
  #drained: PromiseWithResolvers<void> | undefined;

  constructor(parts: DispatcherParts) {
    const { transport, clock, defer, observer, firstExchange = 1 } = parts;
    const exchanges = this.#exchanges;
    this.#clock = clock;
    this.#defer = defer;
    this.#observer = observer;
    this.#lastId = firstExchange - 1;
    this.#enqueuer = new Enqueuer({
      transport,
      clock,
      exchanges,
      unavailable: (exchange, detail) => this.#refuse(exchange, "QueueUnavailable", detail),
      lost: (exchange) => this.#unclaimed(exchange),
    });
    const links = new WorkerLinks({
      transport,
      clock,
      defer,
      lost: (link, detail) => this.#workerLost(link, detail),
    });
    this.#links = links;
    const endings = {
      abandoned: (exchange: Exchange, detail: string) => this.#abandoned(exchange, detail),
      gaveUp: (link: WorkerLink, detail: string) => this.#gaveUp(link, detail),
      failed: (exchange: Exchange, detail: string) => this.#failed(exchange, detail),
      overdue: (exchange: Exchange) => this.#refuse(exchange, "Timer_Response", ""),
      finished: (exchange: Exchange) => this.#finish(exchange),
      tunnelClosed: (exchange: Exchange) => this.#tunnelOver(exchange, "closed", ""),
      unknown: (id: number) => this.#enqueuer.forget(id),
    };
    this.#frames = new WorkerFrames({ exchanges, links, endings, clock, observer });
    transport.attach(this);
  }

  /** Requests in hand. */
  get size(): number {
    return this.#exchanges.size;
  }

  /** Requests in hand, and messages that may have to be removed: zero after all is done. */
  get leftovers(): number {
    return this.#exchanges.size + this.#enqueuer.leftovers;
  }

  /** True once new requests are refused. */
  get draining(): boolean {
    return this.#draining;
  }

  /** Admits a request and puts it into its queue, or refuses it. */
  dispatch(exchange: Exchange): void {
    // Given up while it was not dispatched yet.
    if (exchange.state === "done") return;
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
    this.#observer.enqueued(pool);
    this.#attempt(exchange);
  }

  /** The client left. */
  leave(exchange: Exchange): void {
    if (exchange.state === "done") return;
    if (exchange.state === "tunnel") return this.#closeTunnel(exchange, "client", "");
    this.#observer.left(exchange.pool, LEAVE_PHASES[exchange.state]);
    this.#observer.rejected(exchange.pool, "Client_Reset", "");
    this.cutOff(exchange);
  }

  /** The client was cut off: nobody is there any more who could be answered. */
  cutOff(exchange: Exchange): void {
    if (exchange.state === "new") exchange.state = "done";
    else if (exchange.state !== "done") this.#withdraw(exchange);
  }

  /** The client broke the rules: its request is refused, or its answer cut, wherever it is. */
  giveUp(exchange: Exchange, reason: ReasonPhrase, detail: string): void {
    if (exchange.state !== "new") return this.#refuse(exchange, reason, detail);
    this.#observer.rejected(exchange.pool, reason, detail);
    exchange.state = "done";
    exchange.refuse(reason, detail);
  }

  /** Sends request body bytes to the worker. The caller stays within `bodyWindow`. */
  sendBody(exchange: Exchange, chunk: Uint8Array): void {
    if (!exchange.worker) return this.#bodyLost(exchange);
    exchange.bodyWindow -= chunk.length;
    this.#outbox(exchange).bytes(toWorker(ToWorker.body, exchange), chunk);
  }

  /** The request body is complete, or the client sends nothing more into the tunnel. */
  sendBodyEnd(exchange: Exchange, trailers: readonly string[]): void {
    if (!exchange.worker) return this.#bodyLost(exchange);
    this.#outbox(exchange).text(toWorker(ToWorker.end, exchange), trailers.join("\n"));
    if (exchange.state !== "tunnel") return;
    if (exchange.halfClosed === "application") this.#tunnelOver(exchange, "closed", "");
    else exchange.halfClosed = "client";
  }

  /** The client consumed answer bytes. */
  credit(exchange: Exchange, bytes: number): void {
    if (exchange.state !== "answering" && exchange.state !== "tunnel") return;
    exchange.creditDue += bytes;
    if (exchange.creditDue < exchange.answerWindow / 4) return;
    exchange.answerOutstanding -= exchange.creditDue;
    const credit = exchange.creditDue + this.#windows.widen(exchange);
    this.#outbox(exchange).credit(toWorker(ToWorker.credit, exchange), credit);
    exchange.creditDue = 0;
  }

  /** The answer is longer than its header promised. */
  overrun(exchange: Exchange): void {
    if (exchange.state === "answering")
      this.#breakOff(exchange, "more body than its Content-Length");
  }

  /** Called by an exchange that is given an answer which cannot be said to its client: it is refused instead. */
  refuseInstead(exchange: Exchange, reason: ReasonPhrase, detail: string): void {
    assert(exchange.state === "answering", "only an answer can be replaced");
    exchange.state = "claimed";
    this.#refuse(exchange, reason, detail);
  }

  /** Answers every request that waits in a pool with a refusal. */
  refuseWaiting(pool: PoolQueue, reason: ReasonPhrase, detail: string): void {
    for (const exchange of pool.waiting.toArray()) this.#refuse(exchange, reason, detail);
  }

  /**
   * What waits in a pool goes over to another's queue, as far as it may be repeated: of the rest nobody knows
   * whether it was taken.
   */
  moveWaiting(from: PoolQueue, to: PoolQueue): void {
    for (const exchange of from.waiting.toArray()) {
      if (!exchange.repeatable) continue;
      const refusal = admit(to, this.#draining);
      if (refusal) {
        this.#refuse(exchange, refusal.reason, refusal.detail);
        continue;
      }
      this.#enqueuer.takeBack(exchange);
      from.waiting.remove(exchange);
      exchange.pool = to;
      to.waiting.insert(exchange);
      this.#observer.loadChanged(from);
      this.#observer.enqueued(to);
      this.#attempt(exchange);
    }
  }

  /** The runtime saw this worker end. */
  workerEnded(pool: string, worker: string, detail: string): void {
    const link = this.#links.find(pool, worker);
    if (link) this.#workerLost(link, detail);
    else this.#noteLoss(pool);
  }

  /** Refuses new requests and resolves when none is left, and what was to be said to workers has left. */
  drain(): Promise<void> {
    this.#draining = true;
    this.#drained ??= Promise.withResolvers<void>();
    if (this.#exchanges.size === 0) this.#defer(this.#drained.resolve);
    return this.#drained.promise;
  }

  /** Gives up whatever is left, at the end of a drain that took too long. */
  abort(): void {
    const detail = "the listener's shutdown limit passed";
    for (const exchange of this.#exchanges.values()) {
      if (exchange.state === "tunnel") this.#closeTunnel(exchange, "shutdown", detail);
      else this.#refuse(exchange, "AppShutdown", detail);
    }
  }

  // ---- what the transport says

  frames(address: WorkerAddress, message: Uint8Array): void {
    this.#frames.read(address, message);
  }

  published(id: number, sequence: number): void {
    this.#enqueuer.published(id, sequence);
  }

  refused(id: number, refusal: PublishRefusal): void {
    this.#enqueuer.forget(id);
    const exchange = this.#exchanges.get(id);
    if (exchange?.state !== "waiting" || this.#enqueuer.retries(exchange, refusal)) return;
    if (refusal.kind === "full") this.#refuse(exchange, "QueueFull", "");
    else if (refusal.kind === "tooLarge") this.#refuse(exchange, "FieldLength", refusal.detail);
    else this.#refuse(exchange, "QueueUnavailable", refusal.detail);
  }

  disconnected(): void {
    this.#links.discard();
    // No more: what is claimed is decided when the connection is back, because nobody can be told before;
    // what waits has its own time limit; what is new waits in the enqueuer.
  }

  reconnected(brokerRestarted: boolean): void {
    // Said while it was away, behind what was lost: an end that came through would pass for one of the whole.
    this.#links.discard();
    this.#enqueuer.reconnected(brokerRestarted);
    // A copy: what goes out again comes back under a new number.
    for (const exchange of Array.from(this.#exchanges.values())) {
      if (exchange.state === "waiting") this.#enqueuer.resume(exchange, brokerRestarted);
      else if (exchange.state !== "done")
        this.#abandoned(exchange, "the connection to the broker broke");
    }
  }

  // ---- endings

  /** The application, or its worker, cannot complete the answer. */
  #failed(exchange: Exchange, detail: string): void {
    if (exchange.state === "tunnel") return this.#closeTunnel(exchange, "application", detail);
    this.#refuse(exchange, "BadGatewayResponse", detail);
  }

  /** Body came while nobody had the request: without it, the next worker would run another request. */
  #bodyLost(exchange: Exchange): void {
    if (exchange.state === "waiting")
      this.#refuse(exchange, "Connection_Abandoned_By_ReqQueue", "its body had begun to be sent");
  }

  #workerLost(link: WorkerLink, detail: string): void {
    this.#noteLoss(link.address.pool);
    this.#gaveUp(link, detail);
    this.#links.drop(link);
  }

  /** What a lost worker took and had not claimed is not waited for as long as what a living one may have. */
  #noteLoss(pool: string): void {
    for (const exchange of this.#exchanges.values()) {
      if (exchange.pool.name !== pool) continue;
      exchange.pool.workerLostAt = this.#clock.now();
      return;
    }
  }

  #gaveUp(link: WorkerLink, detail: string): void {
    for (const exchange of link.exchanges) this.#abandoned(exchange, detail);
  }

  /** Whoever had the request has it no more. */
  #abandoned(exchange: Exchange, detail: string): void {
    if (exchange.state === "tunnel") return this.#closeTunnel(exchange, "worker", detail);
    if (exchange.state === "answering") return this.#breakOff(exchange, detail);
    const pool = exchange.pool;
    if (!exchange.repeatable || exchange.attempt >= pool.route.delivery.maxAttempts) {
      this.#refuse(exchange, "Connection_Abandoned_By_ReqQueue", detail);
      return;
    }
    this.#cancel(exchange);
    this.#release(exchange);
    pool.waiting.insert(exchange);
    this.#observer.redispatched(pool, detail);
    this.#attempt(exchange);
  }

  /** Somebody took it and was not heard of. */
  #unclaimed(exchange: Exchange): void {
    if (!exchange.repeatable && exchange.sequence === 0) {
      // Its publish was always to be confirmed and never was.
      this.#refuse(exchange, "QueueUnavailable", "the connection to the broker broke");
      return;
    }
    const detail = "whoever took it was not heard of again";
    if (!exchange.repeatable || exchange.attempt >= exchange.pool.route.delivery.maxAttempts) {
      this.#refuse(exchange, "Connection_Abandoned_By_ReqQueue", detail);
      return;
    }
    this.#observer.redispatched(exchange.pool, detail);
    this.#attempt(exchange, RequestFlag.grantRequired);
  }

  /** Penstock answers instead of the application, or cuts what the application began. */
  #refuse(exchange: Exchange, reason: ReasonPhrase, detail: string): void {
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

  /** One end of a tunnel is gone: so is the other. At a shutdown the client's connection is closed in order. */
  #closeTunnel(exchange: Exchange, end: TunnelEnd, detail: string): void {
    this.#cancel(exchange);
    this.#tunnelOver(exchange, end, detail);
    if (end === "shutdown") exchange.closeTunnel();
    else if (end !== "client") exchange.cut();
  }

  #tunnelOver(exchange: Exchange, end: TunnelEnd, detail: string): void {
    this.#observer.tunnelClosed(exchange.pool, end, detail);
    this.#finish(exchange);
  }

  /** Takes the request back from wherever it is. */
  #withdraw(exchange: Exchange): void {
    if (exchange.state === "waiting") this.#enqueuer.takeBack(exchange);
    else this.#cancel(exchange);
    this.#finish(exchange);
  }

  #finish(exchange: Exchange): void {
    if (exchange.state === "waiting") exchange.pool.waiting.remove(exchange);
    else this.#release(exchange);
    this.#windows.close(exchange);
    exchange.state = "done";
    this.#exchanges.delete(exchange.id);
    this.#observer.loadChanged(exchange.pool);
    // At the end of the turn: by then the last cancel has left its outbox.
    if (this.#exchanges.size === 0 && this.#drained) this.#defer(this.#drained.resolve);
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

  // ---- attempts

  /** Starts an attempt of a request that waits: a new number, one publish. */
  #attempt(exchange: Exchange, flags = 0): void {
    this.#exchanges.delete(exchange.id);
    exchange.id = this.#nextId();
    exchange.attempt++;
    exchange.state = "waiting";
    this.#exchanges.set(exchange.id, exchange);
    this.#enqueuer.put(exchange, flags);
    armWaitingTimer(exchange.pool, this.#clock, this.#expired);
    this.#observer.loadChanged(exchange.pool);
  }

  #nextId(): number {
    do this.#lastId = (this.#lastId + 1) >>> 0;
    while (this.#lastId === 0 || this.#exchanges.has(this.#lastId));
    return this.#lastId;
  }

  readonly #expired = (exchange: Exchange): void => {
    this.#refuse(exchange, "Timer_ReqQueue", "");
  };

  #outbox(exchange: Exchange): ReturnType<WorkerLinks["outbox"]> {
    assert(exchange.worker, "only a claimed request has a worker");
    return this.#links.outbox(exchange.worker);
  }
}

function toWorker(
  kind: number,
  exchange: Exchange,
): { kind: number; flags: 0; number16: 0; exchange: number; take: number } {
  return { kind, flags: 0, number16: 0, exchange: exchange.id, take: exchange.take };
}
