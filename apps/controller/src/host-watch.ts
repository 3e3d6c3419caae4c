// The host's limits over all pools, turn by turn: what a plan wants becomes what there is room for.

import { HostLedger, type Action, type ShortPool, type Turn } from "@penstock/activation";
import type { HostLimits } from "@penstock/domain";
import type { CancelTimer, Clock } from "@penstock/foundation";
import type { ControllerEvents } from "./controller-events.ts";

/** What a {@link HostWatch} is made of. */
export interface HostWatchParts {
  /** In force now. */
  readonly hostLimits: () => HostLimits;
  readonly events: Pick<ControllerEvents, "poolShort">;
  readonly clock: Clock;
  readonly now: () => number;
  /** Has a pool looked at. */
  readonly touch: (pool: string) => void;
  /** Has a turn taken although nobody was touched. */
  readonly wake: () => void;
}

/** Keeps the host's limits. */
export class HostWatch implements Disposable {
  readonly #parts: HostWatchParts;
  readonly #ledger = new HostLedger();
  #cancel: CancelTimer = () => {};

  constructor(parts: HostWatchParts) {
    this.#parts = parts;
  }

  /** Why a pool has fewer workers than it wants; undefined when it has all of them. */
  shortOf(pool: string): ShortPool | undefined {
    return this.#ledger.short.get(pool);
  }

  /** What of a turn's plan is to be done now, and what makes room for the rest. To be performed at once. */
  allowed(turn: Turn): readonly Action[] {
    const { hostLimits, events, clock, now, wake } = this.#parts;
    this.#cancel();
    const plan = this.#ledger.share(hostLimits(), turn, now());
    for (const pool of plan.becameShort) events.poolShort(pool, this.shortOf(pool)?.reason ?? "");
    if (plan.wakeInMs !== undefined) this.#cancel = clock.after(plan.wakeInMs, wake);
    this.#again = plan.again;
    return plan.actions;
  }

  /** The actions were begun: pools that they are about are looked at again. */
  performed(): void {
    for (const pool of this.#again) this.#parts.touch(pool);
    this.#again = [];
  }

  #again: readonly string[] = [];

  [Symbol.dispose](): void {
    this.#cancel();
  }
}
