// Performs what a turn decided, one action at a time, and decides nothing: one that fails is seen again in
// the next turn.

import { failureKind, type Action, type TakePoolOffline } from "@penstock/activation";
import type { PoolSignals } from "@penstock/nats-administration";
import type { ControllerEvents } from "./controller-events.ts";
import type { Orphans } from "./orphans.ts";
import type { ObservedPools } from "./observed-pools.ts";
import type { PoolStandings } from "./pool-standings.ts";
import type { WorkerLaunches } from "./worker-launches.ts";
import type { WorkerOrders } from "./worker-orders.ts";
import type { WorkerSleep } from "./worker-sleep.ts";

/** What {@link PlanActions} is made of. */
export interface PlanActionsParts {
  readonly pools: ObservedPools;
  readonly standings: PoolStandings;
  readonly signals: Pick<PoolSignals, "tell">;
  readonly events: ControllerEvents;
  readonly launches: WorkerLaunches;
  readonly orders: WorkerOrders;
  readonly sleep: WorkerSleep;
  readonly orphans: Orphans;
  readonly now: () => number;
  /** Has a pool looked at. */
  readonly touch: (pool: string) => void;
}

/** Performs actions. */
export class PlanActions {
  readonly #parts: PlanActionsParts;

  constructor(parts: PlanActionsParts) {
    this.#parts = parts;
  }

  /** Begins an action; what it comes to shows in what is observed. */
  perform(action: Action): void {
    const { events, touch } = this.#parts;
    events.acting(action);
    this.#act(action).catch((thrown: unknown) => {
      events.failed(`${action.kind} for pool ${action.pool}`, thrown);
      touch(action.pool);
    });
  }

  async #act(action: Action): Promise<void> {
    const { standings, signals, launches, orders, sleep, orphans, pools } = this.#parts;
    const sight = pools.of(action.pool);
    switch (action.kind) {
      case "startWorker": {
        const desired = standings.desired.get(action.pool);
        if (desired) await launches.launch(desired.pool, action);
        break;
      }
      case "drainWorker":
        await orders.leave(action, "draining", action.exitReason);
        break;
      case "suspendWorker":
        await sleep.suspend(action);
        break;
      case "resumeWorker":
        await sleep.resume(action);
        break;
      case "killWorker":
        await orders.leave(action, "stopping", action.exitReason);
        break;
      case "orphanWorker":
        await orphans.orphan(action);
        break;
      case "takePoolOffline":
        sight.arrivedWithoutWorker = false;
        await standings.takeOffline(action.pool, this.#verdictOf(action));
        break;
      case "bringPoolOnline":
        await standings.bringOnline(action.pool);
        break;
      case "reportStartFailure":
        if (action.cause !== "StartupTimeout") break;
        sight.arrivedWithoutWorker = false;
        signals.tell(action.pool, { kind: "startTimedOut" });
        break;
    }
  }

  #verdictOf({ reason, cause }: TakePoolOffline): Parameters<PoolStandings["takeOffline"]>[1] {
    const told = cause ? `Its workers ${failureKind(cause)}.` : "";
    return { since: this.#parts.now(), told, reason, detail: cause?.detail ?? "" };
  }
}
