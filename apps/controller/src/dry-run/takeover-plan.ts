// What a controller that starts now would do with the workers that it finds: decided by the controller's own
// functions, on what was found. Pure.
//
//   a worker that was found                          would be
//   ----------------------------------------------   --------------------------------------------
//   no action names it                               adopted
//   drainWorker, killWorker, suspendWorker, …        adopted, and then that, for the action's reason

import {
  HostLedger,
  noMemory,
  reconcile,
  type Action,
  type DesiredPool,
  type ObservedPool,
  type ObservedWorker,
  type WorkerPhase,
} from "@penstock/activation";
import type { HostLimits } from "@penstock/domain";

/** What is wanted and what was found. */
export interface FoundWorld {
  /** Names the configuration. */
  readonly generation: string;
  readonly desired: ReadonlyMap<string, DesiredPool>;
  readonly observed: ReadonlyMap<string, ObservedPool>;
  /** Pools that have a queue at the broker. */
  readonly queued: readonly string[];
  readonly host: HostLimits;
  /** Where the admin API of the controller that leads is; undefined when none does. */
  readonly leader: string | undefined;
}

/** What would become of a worker, or of a pool. */
export type Would = "adopt" | Exclude<Action["kind"], "reportStartFailure">;

/** One line of the plan. */
export interface PlannedStep {
  readonly pool: string;
  /** Absent for a worker that would be started, and for what is done to a pool. */
  readonly worker?: string;
  /** How the worker was found: `starting` until it was heard of. */
  readonly found?: WorkerPhase;
  readonly would: Would;
  readonly reason: string;
}

/** The plan. */
export interface TakeoverPlan {
  readonly generation: string;
  readonly leader?: string;
  readonly steps: readonly PlannedStep[];
  /** Pools that would wait for room on their host, and why. */
  readonly short: Readonly<Record<string, string>>;
  /** Pools that are not configured: their queues would be removed. */
  readonly removed: readonly string[];
}

/** Plans. `now`: on the time base of what was observed. */
export function takeoverPlan(world: FoundWorld, now: number): TakeoverPlan {
  const { generation, desired, observed, queued, host, leader } = world;
  const plan = reconcile(desired, observed, noMemory, now);
  const ledger = new HostLedger();
  const { actions } = ledger.share(host, { desired, observed, plan }, now);
  const byWorker = new Map(
    actions.flatMap((action) => ("worker" in action ? [[action.worker, action] as const] : [])),
  );
  const workers = [...observed.values()].flatMap((pool) => pool.workers);
  return {
    generation,
    ...(leader !== undefined && { leader }),
    steps: [
      ...workers.map((worker) => stepOf(worker, byWorker.get(worker.id))),
      ...actions.flatMap((action): PlannedStep[] => {
        if ("worker" in action || action.kind === "reportStartFailure") return [];
        return [{ pool: action.pool, would: action.kind, reason: action.reason }];
      }),
    ],
    short: Object.fromEntries(Array.from(ledger.short, ([pool, { reason }]) => [pool, reason])),
    removed: queued.filter((pool) => !desired.has(pool)),
  };
}

type WorkerAction = Extract<Action, { readonly worker: string }>;

function stepOf(worker: ObservedWorker, action: WorkerAction | undefined): PlannedStep {
  const { id, pool, phase } = worker;
  const found = { pool, worker: id, found: phase };
  if (action) return { ...found, would: action.kind, reason: action.reason };
  return { ...found, would: "adopt", reason: adopted[phase] };
}

/** What an adopted worker goes on with. */
const adopted: Readonly<Record<WorkerPhase, string>> = {
  starting: "it was not heard of: it has its startupTimeLimit",
  ready: "it serves",
  resting: "it is about to be frozen",
  suspended: "it sleeps until it is needed",
  resuming: "it wakes",
  draining: "it finishes and goes",
  stopping: "it ends",
  orphaned: "it is left for a debugger",
};
