// The listener's hand on the queues: puts attempts in and takes them back. While there is no broker, and
// for a while after it came back, when its queues may not have been made again, attempts wait here and are
// tried again.

import type { Clock } from "@penstock/foundation";
import { RequestFlag } from "@penstock/wire";
import type { Exchange } from "./exchange.ts";
import {
  BROKER_GRACE_MS,
  CONFIRM_EVERY,
  FLOWING_CLAIM_MS,
  FLOWING_WAIT_MS,
  QUEUE_RETRY_MS,
} from "./limits.ts";
import { QueueWatch } from "./queue-watch.ts";
import type { ListenerTransport, PublishRefusal } from "./transport.ts";

/** What an {@link Enqueuer} is made of. */
export interface EnqueuerParts {
  readonly transport: ListenerTransport;
  readonly clock: Clock;
  /** Every exchange that is under way. */
  readonly exchanges: ReadonlyMap<number, Exchange>;
  /** The broker, or the queue, stayed away for too long. */
  readonly unavailable: (exchange: Exchange, detail: string) => void;
  /** It left its queue and nobody claimed it in time. */
  readonly lost: (exchange: Exchange) => void;
}

/** Puts requests into queues. */
export class Enqueuer {
  readonly #parts: EnqueuerParts;
  readonly #transport: ListenerTransport;
  readonly #watch: QueueWatch;
  #reconnectedAt = -Infinity;
  #retryPlanned = false;

  constructor(parts: EnqueuerParts) {
    this.#parts = parts;
    this.#transport = parts.transport;
    this.#watch = new QueueWatch(parts);
  }

  /** Messages that may still have to be removed. */
  get leftovers(): number {
    return this.#watch.leftovers;
  }

  /** Puts the current attempt into its queue, at once or when there is a broker. */
  put(exchange: Exchange, flags = 0): void {
    const { pool } = exchange;
    exchange.sequence = 0;
    exchange.missingSince = 0;
    if (!this.#transport.connected) {
      exchange.publication = 0;
      this.#planRetry();
      return;
    }
    exchange.publication = ++pool.publications;
    const confirm = this.#mustConfirm(exchange, flags);
    pool.unconfirmed = confirm ? 0 : pool.unconfirmed + 1;
    this.#transport.publish(pool.name, exchange.id, exchange.envelope(flags), confirm);
    this.#watch.watch(pool);
  }

  /** Takes a waiting request out of its queue. */
  takeBack(exchange: Exchange): void {
    if (exchange.sequence > 0 && this.#transport.connected)
      this.#transport.remove(exchange.pool.name, exchange.sequence);
    else if (exchange.publication > 0) this.#watch.withdraw(exchange);
  }

  /** The queue took an attempt under this sequence number. */
  published(id: number, sequence: number): void {
    const exchange = this.#parts.exchanges.get(id);
    if (exchange) exchange.sequence = sequence;
    else this.#watch.numbered(id, sequence);
  }

  /** An attempt is in no queue any more: it was refused, or a worker has it. */
  forget(id: number): void {
    this.#watch.forget(id);
  }

  /**
   * A queue did not take an attempt. True when it is tried again: the queue may not have been made again
   * yet, or be full of what is being taken back.
   */
  retries(exchange: Exchange, refusal: PublishRefusal): boolean {
    exchange.publication = 0;
    if (refusal.kind === "tooLarge") return false;
    if (this.#parts.clock.now() >= this.#reconnectedAt + BROKER_GRACE_MS) return false;
    if (refusal.kind === "full" && exchange.admittedAt > this.#reconnectedAt) return false;
    this.#planRetry();
    return true;
  }

  /** The connection is back: the queues may need a while. `brokerRestarted`: they are empty. */
  reconnected(brokerRestarted: boolean): void {
    if (brokerRestarted) this.#watch.forgetAll();
    this.#reconnectedAt = this.#parts.clock.now();
  }

  /**
   * Decides on a request that waited while the connection was broken. Where the broker stayed, its queue
   * tells what became of it. Where it restarted, the message is gone, or a worker took it before:
   *
   *                       never published   published
   *   may be repeated     put               put again (ask)
   *   may not             put               unavailable
   */
  resume(exchange: Exchange, brokerRestarted: boolean): void {
    if (exchange.publication === 0) return this.put(exchange);
    if (!brokerRestarted) return undefined;
    if (exchange.repeatable) return this.put(exchange, RequestFlag.grantRequired);
    // Its number would name another's message now.
    exchange.publication = 0;
    exchange.sequence = 0;
    return this.#parts.unavailable(exchange, "the broker restarted");
  }

  /**
   * Whether the queue is to say what it did with an attempt. A refusal that nobody hears of costs a request
   * the time until it is looked for, so only what may be repeated goes without, while requests are taken as
   * they come and the queue is far from its limit.
   */
  #mustConfirm({ pool, repeatable }: Exchange, flags: number): boolean {
    if (!repeatable || flags !== 0 || pool.unconfirmed + 1 >= CONFIRM_EVERY) return true;
    const now = this.#parts.clock.now();
    if (now - pool.claimedAt > FLOWING_CLAIM_MS) return true;
    const oldest = pool.waiting.first;
    if (oldest && now - oldest.admittedAt > FLOWING_WAIT_MS) return true;
    return pool.waiting.size * 4 > pool.route.queueLength;
  }

  #planRetry(): void {
    if (this.#retryPlanned) return;
    this.#retryPlanned = true;
    this.#parts.clock.after(QUEUE_RETRY_MS, () => {
      this.#retryPlanned = false;
      for (const exchange of this.#parts.exchanges.values()) {
        if (exchange.state === "waiting" && exchange.publication === 0) this.#retry(exchange);
      }
    });
  }

  #retry(exchange: Exchange): void {
    const waited = this.#parts.clock.now() - exchange.admittedAt;
    if (this.#transport.connected || waited < BROKER_GRACE_MS) this.put(exchange);
    else this.#parts.unavailable(exchange, "the connection to the broker broke");
  }
}
