// What the queues hold, read from the broker every second for the pools that may have something waiting,
// and kept for scrapes and the status page.

import type { Clock } from "@penstock/foundation";
import type { QueueAdministration, QueueDepth } from "@penstock/nats-administration";
import type { ObservedPools } from "./observed-pools.ts";

/** Time between two readings, milliseconds. */
const INTERVAL_MS = 1000;

const EMPTY: QueueDepth = { messages: 0, bytes: 0, oldestAgeMs: 0, enqueued: 0 };

/** Cached queue depths. */
export class QueueGauges {
  readonly #queues: QueueAdministration;
  readonly #pools: ObservedPools;
  readonly #clock: Clock;
  #depths = new Map<string, QueueDepth>();
  #stopped = false;

  constructor(queues: QueueAdministration, pools: ObservedPools, clock: Clock) {
    this.#queues = queues;
    this.#pools = pools;
    this.#clock = clock;
    this.#plan();
  }

  of(pool: string): QueueDepth {
    return this.#depths.get(pool) ?? EMPTY;
  }

  stop(): void {
    this.#stopped = true;
  }

  #plan(): void {
    this.#clock.after(INTERVAL_MS, () => {
      if (this.#stopped) return;
      this.#refresh()
        .catch(() => {
          // The broker is away: what was read last stands until it is back.
        })
        .finally(() => this.#plan());
    });
  }

  /** Only pools where somebody waits, or waited at the last reading, can have changed. */
  async #refresh(): Promise<void> {
    for (const sight of this.#pools.all()) {
      const waiting = sight.load?.waiting ?? 0;
      if (waiting === 0 && !sight.arrivedWithoutWorker && this.of(sight.name).messages === 0)
        continue;
      this.#depths.set(sight.name, (await this.#queues.depth(sight.name)) ?? EMPTY);
    }
  }
}
