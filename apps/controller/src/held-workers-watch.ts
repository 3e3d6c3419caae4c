// Ends what operators had pools hold for a time. When a time ends stands at the broker with the number, so a
// controller that starts later ends it too; while the broker is away, or another controller may lead, it is tried
// again.

import type { CancelTimer, Clock } from "@penstock/foundation";
import type { ControllerEvents } from "./controller-events.ts";
import type { PoolStandings } from "./pool-standings.ts";

/** A timer cannot wait for a month. */
const LONGEST_WAIT_MS = 3_600_000;

/** Between two tries, milliseconds. */
const RETRY_MS = 1000;

/** What a {@link HeldWorkersWatch} is made of. */
export interface HeldWorkersWatchParts {
  readonly standings: Pick<PoolStandings, "heldBy" | "release">;
  readonly events: Pick<ControllerEvents, "holdEnded" | "failed">;
  readonly clock: Clock;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  readonly leads: () => boolean;
  /** Has a pool looked at. */
  readonly touch: (pool: string) => void;
}

/** Watches times. */
export class HeldWorkersWatch implements Disposable {
  readonly #parts: HeldWorkersWatchParts;
  readonly #timers = new Map<string, CancelTimer>();
  #stopped = false;

  constructor(parts: HeldWorkersWatchParts) {
    this.#parts = parts;
  }

  /** To be called for each pool at the start, and after each change of what it holds. */
  watch(pool: string): void {
    this.#timers.get(pool)?.();
    this.#timers.delete(pool);
    const until = this.#parts.standings.heldBy(pool)?.until;
    if (until !== undefined) this.#wait(pool, until - this.#parts.now());
  }

  [Symbol.dispose](): void {
    this.#stopped = true;
    for (const cancel of this.#timers.values()) cancel();
  }

  #wait(pool: string, ms: number): void {
    if (this.#stopped) return;
    const waitMs = Math.max(0, Math.min(ms, LONGEST_WAIT_MS));
    this.#timers.set(
      pool,
      this.#parts.clock.after(waitMs, () => void this.#look(pool)),
    );
  }

  async #look(pool: string): Promise<void> {
    const { standings, events, now, leads, touch } = this.#parts;
    const held = standings.heldBy(pool);
    if (held?.until === undefined) return;
    if (now() < held.until) return this.#wait(pool, held.until - now());
    if (!leads()) return this.#wait(pool, RETRY_MS);
    try {
      if (!(await standings.release(pool, held.until))) return;
    } catch (thrown) {
      events.failed(`ending what pool ${pool} was to hold for a time`, thrown);
      return this.#wait(pool, RETRY_MS);
    }
    events.holdEnded(pool, held.workers);
    touch(pool);
  }
}
