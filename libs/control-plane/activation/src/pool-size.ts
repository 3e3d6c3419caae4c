// The size of a pool that may serve: brings scaling, recycling, rotation, the process limit and the start
// delay together into starts and drains. Order of the say: what scaling and rotation miss, at most what the
// process limit allows, at most one while a recovery is on trial, none while a delay runs.

import type { StartTrigger } from "@penstock/domain";
import type { Action } from "./action.ts";
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
import { surplusWorkers } from "./stop-order.ts";

/** What holds a pool's starts back. */
export interface StartConditions {
  /** One worker tries; no second one before it is ready. */
  readonly trial: boolean;
  /** Nothing is started before; undefined when nothing stands in the way. */
  readonly heldUntil: number | undefined;
}

/** What the size of a pool asks for. */
export interface SizeVerdict {
  readonly actions: readonly Action[];
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
  const turn = new Map(recycling.turn.map((due) => [due.worker.id, due]));
  const generations = byGeneration(
    observed.workers,
    (worker) => isCurrent(worker, desired) && !turn.has(worker.id) && !worker.recycled,
  );
  const workersServing = generations.current.length + generations.old.length;
  const demand = demandOf(observed, pool.concurrency);
  const scaling = scalingPolicy({ pool, demand, pace, workersServing }, memory, now);
  const rotation = rotationPolicy(generations, scaling, overlapAllowed);

  const limits = { maxProcesses, overlapAllowed };
  const possible = Math.min(rotation.missing, startsAllowed(generations, limits));
  const tried = conditions.trial ? Math.min(possible, Math.max(0, 1 - workersServing)) : possible;
  const { heldUntil } = conditions;
  const starts = heldUntil === undefined ? tried : 0;

  const surplus = surplusWorkers(generations.current, {
    workersKept: scaling.workersKept,
    maxProcesses,
    oneLeaves: generations.currentLeaving + generations.oldLeaving > 0,
  });
  const actions = [
    ...startActions(desired, scaling, { starts, workersServing, due: recycling.turn[0] }),
    ...rotation.drained.map((worker) => replaced(worker, desired, turn.get(worker.id))),
    ...surplus.map((worker) => stopped(worker, scaling)),
  ];
  const dueAt = earliest(scaling.dueAt, recycling.dueAt, tried > 0 ? heldUntil : undefined);
  return { actions, memory: scaling.memory, dueAt };
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
): Action {
  const byOperator = recyclesOf(generation) !== recyclesOf(desired.generation);
  const { cause, reason } = due ?? {
    cause: byOperator ? "on_demand" : "config_change",
    reason: `generation ${generation} gives way to ${desired.generation}`,
  };
  const goes = { worker: id, exitReason: "recycle", recycling: cause } as const;
  return { kind: "drainWorker", pool, ...goes, reason };
}

function stopped({ id, pool }: ObservedWorker, { exitReason, reason }: ScalingVerdict): Action {
  return { kind: "drainWorker", pool, worker: id, exitReason, reason };
}
