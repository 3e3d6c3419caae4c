// The listener's hand on the queues: puts attempts in, takes them back, and knows of each whether the
// broker has it. While there is no broker, and for a while after it came back, when its queues may not
// have been made again, attempts wait here and are tried again.

import type { Clock } from "@penstock/foundation";
import { RequestFlag } from "@penstock/wire";
import type { Exchange } from "./exchange.ts";
import { BROKER_GRACE_MS, CLAIM_LOST_MS, QUEUE_RETRY_MS } from "./limits.ts";
import type { ListenerTransport, PublishRefusal } from "./transport.ts";

/** What an {@link Enqueuer} is made of. */
export interface EnqueuerParts {
  readonly transport: ListenerTransport;
  readonly clock: Clock;
  /** Every exchange that is under way. */
  readonly exchanges: ReadonlyMap<number, Exchange>;
  /** The broker, or the queue, stayed away for too long. */
  readonly unavailable: (exchange: Exchange, detail: string) => void;
}

/** Puts requests into queues. */
export class Enqueuer {
  readonly #parts: EnqueuerParts;
  readonly #transport: ListenerTransport;
  /** Requests that were taken back before their sequence number was known: pool by exchange number. */
  readonly #takenBack = new Map<number, string>();
  #left: Exchange[] = [];
  #reconnectedAt = -Infinity;
  #retryPlanned = false;

  constructor(parts: EnqueuerParts) {
    this.#parts = parts;
    this.#transport = parts.transport;
  }

  /** Removals that wait for a sequence number. */
  get leftovers(): number {
    return this.#takenBack.size;
  }

  /** Puts the current attempt into its queue, at once or when there is a broker. */
  put(exchange: Exchange, flags = 0): void {
    exchange.sequence = 0;
    exchange.published = this.#transport.connected;
    if (exchange.published)
      this.#transport.publish(exchange.pool.name, exchange.id, exchange.envelope(flags));
    else this.#planRetry();
  }

  /** Takes a waiting request out of its queue. */
  takeBack(exchange: Exchange): void {
    if (exchange.sequence > 0) this.#transport.remove(exchange.pool.name, exchange.sequence);
    else if (exchange.published) this.#takenBack.set(exchange.id, exchange.pool.name);
  }

  /** The queue holds an attempt under this sequence number. */
  published(id: number, sequence: number): void {
    const exchange = this.#parts.exchanges.get(id);
    if (exchange) {
      exchange.sequence = sequence;
      return;
    }
    const pool = this.#takenBack.get(id);
    if (pool === undefined) return;
    this.#takenBack.delete(id);
    this.#transport.remove(pool, sequence);
  }

  /** An attempt is in no queue any more: it was refused, or a worker has it. */
  forget(id: number): void {
    this.#takenBack.delete(id);
  }

  /**
   * A queue did not take an attempt. True when it is tried again: the queue may not have been made again
   * yet, or be full of what is being taken back.
   */
  retries(exchange: Exchange, refusal: PublishRefusal): boolean {
    exchange.published = false;
    if (this.#parts.clock.now() >= this.#reconnectedAt + BROKER_GRACE_MS) return false;
    if (refusal.kind === "full" && exchange.admittedAt > this.#reconnectedAt) return false;
    this.#planRetry();
    return true;
  }

  /** The connection is back: the queues may need a while, and what was under way never arrives. */
  reconnected(): void {
    this.#takenBack.clear();
    this.#reconnectedAt = this.#parts.clock.now();
  }

  /**
   * Decides on a request that waited while the connection was broken. Its message may wait in the queue, be
   * lost, or have been taken by a worker whose claim was lost:
   *
   *                       never published   number known, same broker       otherwise
   *   may be repeated     put               taken back, and put again (ask)  put again (ask)
   *   may not             put               left for a while                 unavailable
   */
  resume(exchange: Exchange, brokerRestarted: boolean): void {
    if (!exchange.published) return this.put(exchange);
    // Numbers of a broker that is gone would name another's message now.
    if (brokerRestarted) exchange.sequence = 0;
    if (exchange.repeatable) {
      if (exchange.sequence > 0) this.takeBack(exchange);
      this.put(exchange, RequestFlag.grantRequired);
    } else if (exchange.sequence > 0) {
      this.#leave(exchange);
    } else {
      exchange.published = false;
      this.#parts.unavailable(exchange, "the connection to the broker broke");
    }
  }

  /** It waits in its queue, or somebody took it meanwhile: whoever did has said so in a while. */
  #leave(exchange: Exchange): void {
    this.#left.push(exchange);
    if (this.#left.length > 1) return;
    this.#parts.clock.after(CLAIM_LOST_MS, () => {
      const left = this.#left;
      this.#left = [];
      for (const each of left) {
        if (each.state === "waiting")
          this.#parts.unavailable(
            each,
            "nobody claimed it since the connection to the broker broke",
          );
      }
    });
  }

  #planRetry(): void {
    if (this.#retryPlanned) return;
    this.#retryPlanned = true;
    this.#parts.clock.after(QUEUE_RETRY_MS, () => {
      this.#retryPlanned = false;
      for (const exchange of this.#parts.exchanges.values()) {
        if (exchange.state === "waiting" && !exchange.published) this.#retry(exchange);
      }
    });
  }

  #retry(exchange: Exchange): void {
    const waited = this.#parts.clock.now() - exchange.admittedAt;
    if (this.#transport.connected || waited < BROKER_GRACE_MS) this.put(exchange);
    else this.#parts.unavailable(exchange, "the connection to the broker broke");
  }
}
