// What became of requests that were published and that no worker has claimed. A queue gives each message
// once, and the listener holds the request: so it is the listener who looks, now and then, whether what it
// published still waits. What does not, and is not claimed in time, was lost with whoever took it.
//
//   waiting ──taken──> missing ──claim──> (claimed)
//                         └── claim wait over ──> lost
//
// A queue gives in order: what was published before the oldest that waits has been taken. Where none waits,
// that holds for what has had the time to get there.

import type { Clock } from "@penstock/foundation";
import { exchangeOf } from "@penstock/wire";
import type { Exchange } from "./exchange.ts";
import {
  CLAIM_WAIT_MS,
  LAST_CLAIM_WAIT_MS,
  LAST_ORPHAN_CLAIM_WAIT_MS,
  LOOK_MS,
  ORPHAN_CLAIM_WAIT_MS,
} from "./limits.ts";
import type { PoolQueue } from "./pool-queue.ts";
import type { ListenerTransport } from "./transport.ts";

/** What a {@link QueueWatch} is made of. */
export interface QueueWatchParts {
  readonly transport: ListenerTransport;
  readonly clock: Clock;
  /** Every exchange that is under way. */
  readonly exchanges: ReadonlyMap<number, Exchange>;
  /** It left its queue and nobody claimed it in time. */
  readonly lost: (exchange: Exchange) => void;
}

interface Withdrawn {
  readonly pool: PoolQueue;
  readonly publication: number;
}

/** Looks after what waits in the queues. Has a timer for a pool only while something waits there. */
export class QueueWatch {
  readonly #parts: QueueWatchParts;
  /** Requests that were taken back and whose messages could not be removed at once, by exchange number. */
  readonly #withdrawn = new Map<number, Withdrawn>();

  constructor(parts: QueueWatchParts) {
    this.#parts = parts;
  }

  /** Messages that may still have to be removed. */
  get leftovers(): number {
    return this.#withdrawn.size;
  }

  /** Something waits in this pool's queue. Without effect while it is watched. */
  watch(pool: PoolQueue): void {
    if (pool.watched) return;
    pool.watched = true;
    const published = pool.publications;
    this.#parts.clock.after(LOOK_MS, () => void this.#tick(pool, published));
  }

  /** A request is not wanted any more, and its message is to be removed when that is possible. */
  withdraw({ id, pool, publication }: Exchange): void {
    this.#withdrawn.set(id, { pool, publication });
    this.watch(pool);
  }

  /** The number of a message became known. */
  numbered(id: number, sequence: number): void {
    const withdrawn = this.#withdrawn.get(id);
    if (!withdrawn) return;
    this.#withdrawn.delete(id);
    this.#parts.transport.remove(withdrawn.pool.name, sequence);
  }

  /** An attempt is in no queue any more: it was refused, or a worker has it. */
  forget(id: number): void {
    this.#withdrawn.delete(id);
  }

  /** All queues are gone, and with them what was in them. */
  forgetAll(): void {
    this.#withdrawn.clear();
  }

  /** `published`: how much had been published one interval ago. */
  async #tick(pool: PoolQueue, published: number): Promise<void> {
    if (this.#parts.transport.connected && this.#hasOlder(pool, published))
      await this.#look(pool, published);
    pool.watched = false;
    if (pool.waiting.size > 0 || this.#hasWithdrawn(pool)) this.watch(pool);
  }

  /** Walks over what waits until the oldest is known that somebody waits for, and removes the others. */
  async #look(pool: PoolQueue, published: number): Promise<void> {
    const { transport, exchanges } = this.#parts;
    let oldest: number | undefined;
    let sequence = 0;
    do {
      const view = await transport.look(pool.name, sequence);
      if (view === "unknown") return;
      if (view === "none") {
        this.#gone(pool, published);
        break;
      }
      ({ sequence } = view);
      const id = exchangeOf(view.envelope);
      const exchange = exchanges.get(id);
      if (exchange?.pool === pool && exchange.publication > 0) {
        oldest ??= exchange.publication;
      } else {
        this.#withdrawn.delete(id);
        transport.remove(pool.name, sequence);
      }
    } while (oldest === undefined || this.#hasWithdrawn(pool));
    this.#taken(pool, oldest ?? published + 1);
  }

  /** What was published before `publication` is not in the queue. */
  #taken(pool: PoolQueue, publication: number): void {
    this.#gone(pool, publication - 1);
    const now = this.#parts.clock.now();
    for (const exchange of pool.waiting.toArray()) {
      if (exchange.publication === 0) continue;
      if (exchange.publication >= publication) exchange.missingSince = 0;
      else if (exchange.missingSince === 0) exchange.missingSince = now;
      else if (now - exchange.missingSince >= claimWaitMs(exchange)) this.#parts.lost(exchange);
    }
  }

  /** Of what was published so far, nothing that was withdrawn is in the queue any more. */
  #gone(pool: PoolQueue, published: number): void {
    for (const [id, withdrawn] of this.#withdrawn) {
      if (withdrawn.pool === pool && withdrawn.publication <= published) this.#withdrawn.delete(id);
    }
  }

  #hasOlder(pool: PoolQueue, published: number): boolean {
    for (let exchange = pool.waiting.first; exchange; exchange = exchange.next)
      if (exchange.publication > 0 && exchange.publication <= published) return true;
    return this.#hasWithdrawn(pool);
  }

  #hasWithdrawn(pool: PoolQueue): boolean {
    for (const withdrawn of this.#withdrawn.values()) if (withdrawn.pool === pool) return true;
    return false;
  }
}

/** How long it may be missing; less when a worker was lost that may have had it. */
function claimWaitMs({ repeatable, pool, missingSince }: Exchange): number {
  if (pool.workerLostAt > missingSince - CLAIM_WAIT_MS)
    return repeatable ? ORPHAN_CLAIM_WAIT_MS : LAST_ORPHAN_CLAIM_WAIT_MS;
  return repeatable ? CLAIM_WAIT_MS : LAST_CLAIM_WAIT_MS;
}
