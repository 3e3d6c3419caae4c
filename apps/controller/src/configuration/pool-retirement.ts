// The end of a pool that is not configured any more. Nothing new reaches it: no listener routes to it.
//
//   stage     until                                                       then
//   -------   ---------------------------------------------------------   ----------------------------------
//   serving   nothing waits, or its shutdownTimeLimit passed              what still waits is refused, with
//                                                                         the reason; its workers are to go
//   leaving   its last worker is gone                                     queue, account, standing removed
//
// A pool that is configured again in between goes on as if nothing had been. A controller that dies in
// between leaves the removal to its successor.

import type { ApplicationPool } from "@penstock/domain";
import type { CancelTimer, Clock } from "@penstock/foundation";
import type { PoolSignals, QueueAdministration, RoutingStore } from "@penstock/nats-administration";
import type { ControllerEvents } from "../controller-events.ts";
import type { ObservedPools } from "../observed-pools.ts";
import type { PoolStandings } from "../pool-standings.ts";
import type { Turns } from "../turns.ts";
import type { PoolProvisioning } from "./pool-provisioning.ts";

/** Time between two looks, milliseconds. */
const LOOK_MS = 250;

/** Until then a listener may still route by the table of before, milliseconds: its feed confirms within 300. */
const SETTLE_MS = 1500;

/** What listeners answer to what still waits. */
const REMOVED = { state: "disabled", detail: "The pool was removed." } as const;

/** What a {@link PoolRetirement} is made of. */
export interface PoolRetirementParts {
  readonly pools: ObservedPools;
  readonly queues: Pick<QueueAdministration, "depth">;
  readonly routing: Pick<RoutingStore, "publishState">;
  readonly signals: Pick<PoolSignals, "ignoreDemand">;
  readonly standings: Pick<PoolStandings, "remove" | "desired">;
  readonly provisioning: Pick<PoolProvisioning, "remove">;
  readonly events: Pick<ControllerEvents, "failed" | "poolsConfigured">;
  readonly clock: Clock;
  /** Shared with reloads: no pool is removed while one is configured. */
  readonly turns: Turns;
  /** Has a pool looked at. */
  readonly touch: (pool: string) => void;
}

interface Retiring {
  readonly since: number;
  readonly limitMs: number;
  leaving: boolean;
}

/** Sees pools off. */
export class PoolRetirement implements Disposable {
  readonly #parts: PoolRetirementParts;
  readonly #retiring = new Map<string, Retiring>();
  #cancel: CancelTimer | undefined;
  #disposed = false;

  constructor(parts: PoolRetirementParts) {
    this.#parts = parts;
  }

  /** Pools that are about to go. */
  has(name: string): boolean {
    return this.#retiring.has(name);
  }

  /** The routing table does not name this pool any more. */
  begin({ name, processModel }: ApplicationPool): void {
    const limitMs = Math.max(SETTLE_MS, processModel.shutdownTimeLimitMs);
    this.#retiring.set(name, { since: this.#parts.clock.now(), limitMs, leaving: false });
    this.#plan();
  }

  /** It is configured again. In the turn of a reload. */
  keep(name: string): void {
    this.#retiring.delete(name);
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    this.#cancel?.();
  }

  #plan(): void {
    if (this.#cancel || this.#disposed || this.#retiring.size === 0) return;
    this.#cancel = this.#parts.clock.after(LOOK_MS, () => {
      void this.#parts.turns
        .next(() => this.#look())
        .catch((thrown: unknown) => this.#parts.events.failed("removing a pool", thrown))
        .finally(() => {
          this.#cancel = undefined;
          this.#plan();
        });
    });
  }

  async #look(): Promise<void> {
    for (const [name, retiring] of this.#retiring) {
      if (!retiring.leaving && (await this.#hasServed(name, retiring))) {
        await this.#parts.routing.publishState(name, REMOVED);
        await this.#parts.standings.remove(name);
        retiring.leaving = true;
        this.#parts.touch(name);
      } else if (retiring.leaving && this.#isGone(name)) {
        this.#parts.signals.ignoreDemand(name);
        await this.#parts.provisioning.remove(name);
        this.#parts.pools.forget(name);
        this.#parts.events.poolsConfigured(Array.from(this.#parts.standings.desired.keys()));
        this.#retiring.delete(name);
      }
    }
  }

  async #hasServed(name: string, { since, limitMs }: Retiring): Promise<boolean> {
    const { clock, pools, queues } = this.#parts;
    const forMs = clock.now() - since;
    if (forMs >= limitMs) return true;
    if (forMs < SETTLE_MS || (pools.of(name).load?.waiting ?? 0) > 0) return false;
    return ((await queues.depth(name))?.messages ?? 0) === 0;
  }

  #isGone(name: string): boolean {
    const { workers, launching } = this.#parts.pools.of(name);
    return workers.size + launching.size === 0;
  }
}
