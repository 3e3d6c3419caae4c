// One pool's turn: what is wanted, what is seen and what is remembered become actions, new memory and the
// moment at which to look again. Pure: no clock, no I/O, no log.
//
//   pool                     workers that do not leave        listeners
//   ----------------------   ------------------------------   --------------------------------
//   not desired (removed)    drained: manual; orphans killed  not our business
//   stopped by an operator   drained: manual                  told of offline or online as below
//   protection open          drained: scale_down              told offline, once they are not
//   otherwise                sized (see pool-size.ts)         told online, once they are offline
//
// In every row the time limits hold first: who oversteps one is killed, or orphaned. Orphans are left alone in all
// rows but the first.

import type { ExitReason } from "@penstock/domain";
import type { Action, ReportStartFailure } from "./action.ts";
import { workersMin, type DesiredPool } from "./desired-pool.ts";
import { earliest, latest } from "./earliest.ts";
import { describeExit, exitReasonOf, isFailure } from "./exit-reason.ts";
import {
  isOrphan,
  leaves,
  stays,
  type ObservedPool,
  type ObservedWorker,
} from "./observed-pool.ts";
import { advancePace, type Pace } from "./pace.ts";
import { firstMemory, isForgettable, restingMemory, type PoolMemory } from "./pool-memory.ts";
import { sizePool, type PoolSize, type SizeVerdict, type StartConditions } from "./pool-size.ts";
import {
  advanceProtection,
  isTrial,
  recoversAt,
  type Protection,
} from "./rapid-fail-protection.ts";
import type { ScalingMemory } from "./scaling-policy.ts";
import { startFailure } from "./start-failure.ts";
import { startsHeldUntil } from "./start-delay.ts";
import { enforceTimeLimits } from "./time-limits.ts";

/** The outcome of one pool's turn. */
export interface PoolPlan {
  /** In the order in which they should be taken. Empty in a steady world. */
  readonly actions: readonly Action[];
  /** To be handed back in the next turn; undefined when there is nothing to remember. */
  readonly memory: PoolMemory | undefined;
  /** Look again after this long even if nothing happens; undefined: only when something does. */
  readonly wakeInMs: number | undefined;
  /** What its size asks for; absent while it may not serve, or is at rest. */
  readonly size?: PoolSize;
}

/**
 * Decides what to do about one pool. To be called when what is desired or observed of the pool changed (the
 * result of an own action is such a change), and when `wakeInMs` passed. Calling it more often does no harm.
 * A desired pool of `undefined` is one that was removed.
 */
export function reconcilePool(
  desired: DesiredPool | undefined,
  observed: ObservedPool,
  memory: PoolMemory | undefined,
  now: number,
): PoolPlan {
  if (!desired) return retirePool(observed, memory, now);
  if (!memory && isAtRest(desired, observed)) return nothingToDo;
  if (memory && rests(memory, desired, observed)) return { ...nothingToDo, memory };
  return tendPool(desired, observed, memory ?? firstMemory(desired, observed, now), now);
}

const nothingToDo: PoolPlan = { actions: [], memory: undefined, wakeInMs: undefined };

/** A pool at zero, which is most pools most of the time: decided without making a single object. */
function isAtRest({ pool, enabled }: DesiredPool, observed: ObservedPool): boolean {
  const { workers, exits, offline, load, arrivedWithoutWorker } = observed;
  if (!workers.every(isOrphan) || exits.length > 0 || offline) return false;
  if (!enabled) return true;
  const asked = arrivedWithoutWorker || (load !== undefined && load.waiting > 0);
  return !asked && workersMin(pool) === 0;
}

/** The same of a pool of which only its pace is remembered. */
function rests(memory: PoolMemory, desired: DesiredPool, observed: ObservedPool): boolean {
  return (
    memory.scaling === undefined &&
    memory.operatorStarts === desired.operatorStarts &&
    isForgettable(memory, observed) &&
    isAtRest(desired, observed)
  );
}

/** IIS's default, for a pool that was removed while no controller remembered its own limit. */
const shutdownTimeLimitDefaultMs = 90_000;

function retirePool(observed: ObservedPool, memory: PoolMemory | undefined, now: number): PoolPlan {
  const shutdownTimeLimitMs = memory?.shutdownTimeLimitMs ?? shutdownTimeLimitDefaultMs;
  const limits = enforceTimeLimits(
    observed.workers.filter(leaves),
    { startupTimeLimitMs: Infinity, shutdownTimeLimitMs },
    now,
  );
  const drains = drainAll(observed.workers, "manual", "the pool was removed");
  return {
    actions: [...limits.actions, ...drains, ...killOrphans(observed.workers)],
    memory: observed.workers.length === 0 ? undefined : memory,
    wakeInMs: wakeIn(limits.dueAt, now),
  };
}

function tendPool(
  desired: DesiredPool,
  observed: ObservedPool,
  memory: PoolMemory,
  now: number,
): PoolPlan {
  const { pool, enabled, operatorStarts } = desired;
  const { orphanWorkerProcess } = pool.failure;
  const timeLimits = { ...pool.processModel, orphanWorkerProcess };
  const limits = enforceTimeLimits(observed.workers, timeLimits, now);
  const protection = protectionOf(desired, observed, memory, now);
  const failedStart = enabled ? startFailure(observed.workers, limits, observed.exits) : undefined;
  const loadStaleUntil = staleUntil(memory.loadStaleUntil, failedStart, now);

  const seen = { ...observed, workers: limits.workers };
  const pace = advancePace(memory.pace, observed, pool.processModel, now);
  const heldUntil = latest(loadStaleUntil, delayOf(protection, desired, now));
  const size = sizeOrStop(
    desired,
    seen,
    {
      memory: memory.scaling,
      pace,
      protection,
      conditions: { trial: isTrial(protection), heldUntil },
    },
    now,
  );

  const next: PoolMemory = {
    protection,
    operatorStarts,
    shutdownTimeLimitMs: pool.processModel.shutdownTimeLimitMs,
    ...(size.memory && { scaling: size.memory }),
    ...(loadStaleUntil !== undefined && { loadStaleUntil }),
    pace,
  };
  return {
    actions: [
      ...limits.actions,
      ...(failedStart ? [failedStart] : []),
      ...availability(pool.name, protection, observed.offline),
      ...size.actions,
    ],
    memory: isForgettable(next, observed) ? restingMemory(next) : next,
    ...(size.size && { size: size.size }),
    wakeInMs: wakeIn(earliest(limits.dueAt, size.dueAt, recoversAt(protection, pool.failure)), now),
  };
}

function protectionOf(
  { pool, enabled, operatorStarts }: DesiredPool,
  { exits, workers }: ObservedPool,
  memory: PoolMemory,
  now: number,
): Protection {
  const facts = {
    policy: pool.failure,
    // A stopped pool is leaving anyway: what goes wrong there says nothing about its next start.
    failures: enabled ? exits.filter((exit) => isFailure(exitReasonOf(exit))) : [],
    operatorStarted: operatorStarts !== memory.operatorStarts,
    someoneReady: workers.some((worker) => worker.phase === "ready"),
  };
  return advanceProtection(memory.protection, facts, now);
}

/** Twice the interval of the listeners' reports: by then a refusal shows in the load. */
const refusalSettlesMs = 100;

function staleUntil(
  earlier: number | undefined,
  failedStart: ReportStartFailure | undefined,
  now: number,
): number | undefined {
  if (failedStart?.cause === "StartupTimeout") return now + refusalSettlesMs;
  return earlier !== undefined && earlier > now ? earlier : undefined;
}

function delayOf(protection: Protection, { pool }: DesiredPool, now: number): number | undefined {
  if (protection.state !== "closed") return undefined;
  return startsHeldUntil(protection.failures, pool.failure.rapidFailProtectionIntervalMs, now);
}

interface SizeInput {
  readonly memory: ScalingMemory | undefined;
  readonly pace: Pace;
  readonly protection: Protection;
  readonly conditions: StartConditions;
}

function sizeOrStop(
  desired: DesiredPool,
  observed: ObservedPool,
  { memory, pace, protection, conditions }: SizeInput,
  now: number,
): Partial<SizeVerdict> & Pick<SizeVerdict, "actions"> {
  if (!desired.enabled)
    return { actions: drainAll(observed.workers, "manual", "the pool is stopped") };
  if (protection.state === "open")
    return { actions: drainAll(observed.workers, "scale_down", "the pool is offline") };
  return sizePool(desired, observed, { memory, pace, conditions }, now);
}

function drainAll(
  workers: readonly ObservedWorker[],
  exitReason: ExitReason,
  reason: string,
): readonly Action[] {
  return workers
    .filter(stays)
    .map(({ id, pool }) => ({ kind: "drainWorker", pool, worker: id, exitReason, reason }));
}

function killOrphans(workers: readonly ObservedWorker[]): readonly Action[] {
  const reason = "its pool was removed";
  return workers.filter(isOrphan).map(({ id, pool }) => ({
    kind: "killWorker",
    pool,
    worker: id,
    exitReason: "orphan",
    reason,
  }));
}

function availability(pool: string, protection: Protection, offline: boolean): readonly Action[] {
  if (protection.state !== "open")
    return offline
      ? [{ kind: "bringPoolOnline", pool, reason: onlineReasons[protection.state] }]
      : [];
  if (offline) return [];
  const { cause } = protection;
  const reason = `too many failures: ${cause ? describeExit(cause) : "found offline"}`;
  return [{ kind: "takePoolOffline", pool, reason, ...(cause && { cause }) }];
}

const onlineReasons = {
  closed: "no failure stands against it: started by an operator, or recovered",
  halfOpen: "time to try again, with one worker",
} as const;

function wakeIn(dueAt: number | undefined, now: number): number | undefined {
  return dueAt === undefined ? undefined : Math.max(0, Math.ceil(dueAt - now));
}
