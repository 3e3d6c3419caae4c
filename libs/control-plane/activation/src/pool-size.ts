// The size of a pool that may serve: brings scaling, recycling, rotation, the process limit and the start delay
// together into starts, drains, and sleep. Order of the say: what scaling and rotation miss, at most one while
// a recovery is on trial; of that, whoever sleeps is resumed; the rest starts, at most what the process limit
// allows, none while a delay runs.

import type { StartTrigger } from "@penstock/domain";
import type { Action, DrainWorker } from "./action.ts";
import { demandOf } from "./demand.ts";
import { workersMin, type DesiredPool } from "./desired-pool.ts";
import { earliest } from "./earliest.ts";
import { recyclesOf } from "./generation.ts";
import type { ObservedPool, ObservedWorker } from "./observed-pool.ts";
import type { Pace } from "./pace.ts";
import { byGeneration, startsAllowed } from "./process-limit.ts";
import { recyclingPolicy, type DueWorker } from "./recycling-policy.ts";
import { rotationPolicy } from "./rotation-policy.ts";
import { scalingPolicy, type ScalingMemory, type ScalingVerdict } from "./scaling-policy.ts";
import { letGo, sleepPolicy } from "./sleep-policy.ts";
import { inStopOrder, surplusWorkers } from "./stop-order.ts";

/** What holds a pool's starts back. */
export interface StartConditions {
  /** One worker tries; no second one before it is ready. */
  readonly trial: boolean;
  /** Nothing is started before; undefined when nothing stands in the way. */
  readonly heldUntil: number | undefined;
}

/** What of a pool's size counts where pools share a host. */
export interface PoolSize {
  /** Workers that its demand and its floor need. */
  readonly wanted: number;
  /** How workers that are out of date would go, the first to go at the front. */
  readonly replaceable: readonly DrainWorker[];
  /** Since when nothing waits and nothing runs; absent while something does. */
  readonly idleSince?: number;
}

/** What the size of a pool asks for. */
export interface SizeVerdict {
  readonly actions: readonly Action[];
  readonly size: PoolSize;
  readonly memory: ScalingMemory;
  readonly dueAt: number | undefined;
}

/** What sizing looks at besides what is wanted and seen. */
export interface SizeInput {
  readonly memory: ScalingMemory | undefined;
  readonly pace: Pace;
  readonly conditions: StartConditions;
}

/** Decides which workers of an enabled, online pool start and which go. */
export function sizePool(
  desired: DesiredPool,
  observed: ObservedPool,
  { memory, pace, conditions }: SizeInput,
  now: number,
): SizeVerdict {
  const { pool } = desired;
  const { maxProcesses } = pool.processModel;
  const overlapAllowed = !pool.recycling.disallowOverlappingRotation;
  const { periodicRestart } = pool.recycling;
  const recycling = recyclingPolicy(
    observed.workers,
    { periodicRestart, scheduled: desired.scheduled },
    (worker) => isCurrent(worker, desired),
    now,
  );
  const due = new Map(
    [...recycling.turn, ...recycling.asleep].map((each) => [each.worker.id, each]),
  );
  const generations = byGeneration(
    observed.workers,
    (worker) => isCurrent(worker, desired) && !due.has(worker.id) && !worker.recycled,
  );
  const workersServing = generations.current.length + generations.old.length;
  const demand = demandOf(observed, pool.concurrency);
  const scaling = scalingPolicy(
    { pool, demand, pace, workersServing, someoneStarts: generations.current.some(isStarting) },
    memory,
    now,
  );
  const rotation = rotationPolicy(generations, scaling, overlapAllowed);

  const tried = conditions.trial ? Math.max(0, 1 - workersServing) : Infinity;
  const missing = Math.min(rotation.missing, tried);
  const sleep = sleepPolicy(pool, generations.currentAsleep, { missing, serving: workersServing });
  const limits = { maxProcesses, overlapAllowed };
  const possible = Math.min(missing - sleep.resumed.length, startsAllowed(generations, limits));
  const { heldUntil } = conditions;
  const starts = heldUntil === undefined ? possible : 0;

  const surplus = surplusWorkers(generations.current, {
    workersKept: scaling.workersKept,
    maxProcesses,
    oneLeaves: generations.currentLeaving + generations.oldLeaving > 0,
  });
  const serving = workersServing + sleep.resumed.length;
  const actions = [
    ...sleep.resumed.map((worker) => resumed(worker, scaling)),
    ...startActions(desired, scaling, { starts, workersServing: serving, due: recycling.turn[0] }),
    ...rotation.drained.map((worker) => replaced(worker, desired, due.get(worker.id))),
    ...sleep.drained.map((worker) => notKept(worker, sleep.drainedFor)),
    ...surplus.map((worker) => letGo(pool, worker, scaling)),
  ];
  const dueAt = earliest(scaling.dueAt, recycling.dueAt, possible > 0 ? heldUntil : undefined);
  const { idleSince } = scaling.memory;
  const size: PoolSize = {
    wanted: scaling.workersWanted,
    replaceable: inStopOrder(generations.old).map((worker) =>
      replaced(worker, desired, due.get(worker.id)),
    ),
    ...(idleSince !== undefined && { idleSince }),
  };
  return { actions, size, memory: scaling.memory, dueAt };
}

function isStarting({ phase }: ObservedWorker): boolean {
  return phase === "starting";
}

function isCurrent({ generation }: ObservedWorker, desired: DesiredPool): boolean {
  if (generation === desired.generation) return true;
  // Another configuration is no reason then; a recycling that an operator asked for still is.
  return (
    desired.pool.recycling.disallowRotationOnConfigChange &&
    recyclesOf(generation) === recyclesOf(desired.generation)
  );
}

interface Starts {
  readonly starts: number;
  readonly workersServing: number;
  /** Who is replaced, where it is for a limit of its own. */
  readonly due: DueWorker | undefined;
}

function startActions(
  { pool, generation }: DesiredPool,
  scaling: ScalingVerdict,
  { starts, workersServing, due }: Starts,
): readonly Action[] {
  return Array.from({ length: starts }, (_, nth): Action => {
    const trigger = triggerOf(workersServing + nth, workersMin(pool), scaling.workersWanted);
    const replacing = due?.reason ?? `generation ${generation} replaces an older one`;
    const reason = startReasons[trigger](scaling.reason, replacing);
    return { kind: "startWorker", pool: pool.name, generation, trigger, reason };
  });
}

/** The trigger of the start that makes a pool of `serving` workers one larger. */
function triggerOf(
  serving: number,
  floor: number,
  wanted: number,
): Exclude<StartTrigger, "manual"> {
  if (serving < floor) return "always_running";
  return serving < wanted ? "demand" : "recycle";
}

const startReasons = {
  always_running: () => "fewer workers than the pool always has",
  demand: (counted: string) => counted,
  recycle: (_: string, replacing: string) => replacing,
} as const satisfies Record<string, (counted: string, replacing: string) => string>;

function replaced(
  { id, pool, generation }: ObservedWorker,
  desired: DesiredPool,
  due: DueWorker | undefined,
): DrainWorker {
  const byOperator = recyclesOf(generation) !== recyclesOf(desired.generation);
  const { cause, reason } = due ?? {
    cause: byOperator ? "on_demand" : "config_change",
    reason: `generation ${generation} gives way to ${desired.generation}`,
  };
  const goes = { worker: id, exitReason: "recycle", recycling: cause } as const;
  return { kind: "drainWorker", pool, ...goes, reason };
}

function resumed({ id, pool }: ObservedWorker, { reason }: ScalingVerdict): Action {
  return { kind: "resumeWorker", pool, worker: id, reason };
}

const sleepReasons = {
  idle: "idle workers are not kept any more",
  scale_down: "more workers sleep than maxProcesses allows",
} as const;

function notKept({ id, pool }: ObservedWorker, why: keyof typeof sleepReasons): Action {
  return { kind: "drainWorker", pool, worker: id, exitReason: why, reason: sleepReasons[why] };
}
