// The size of a pool that may serve: brings scaling, rotation, the process limit and the start delay
// together into starts and drains. Order of the say: what scaling and rotation miss, at most what the
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
  const generations = byGeneration(observed.workers, (worker) => isCurrent(worker, desired));
  const workersServing = generations.current.length + generations.old.length;
  const demand = demandOf(observed, pool.concurrency);
  const scaling = scalingPolicy(
    { pool, demand, pace, workersServing, someoneStarts: generations.current.some(isStarting) },
    memory,
    now,
  );
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
    ...startActions(desired, scaling, { starts, workersServing }),
    ...rotation.drained.map((worker) => replaced(worker, desired.generation)),
    ...surplus.map((worker) => stopped(worker, scaling)),
  ];
  const dueAt = earliest(scaling.dueAt, tried > 0 ? heldUntil : undefined);
  return { actions, memory: scaling.memory, dueAt };
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

function startActions(
  { pool, generation }: DesiredPool,
  scaling: ScalingVerdict,
  { starts, workersServing }: { starts: number; workersServing: number },
): readonly Action[] {
  return Array.from({ length: starts }, (_, nth): Action => {
    const trigger = triggerOf(workersServing + nth, workersMin(pool), scaling.workersWanted);
    const reason = startReasons[trigger](scaling.reason, generation);
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
  recycle: (_: string, generation: string) => `generation ${generation} replaces an older one`,
} as const satisfies Record<string, (counted: string, generation: string) => string>;

function replaced({ id, pool, generation }: ObservedWorker, current: string): Action {
  const reason = `generation ${generation} gives way to ${current}`;
  return { kind: "drainWorker", pool, worker: id, exitReason: "recycle", reason };
}

function stopped({ id, pool }: ObservedWorker, { exitReason, reason }: ScalingVerdict): Action {
  return { kind: "drainWorker", pool, worker: id, exitReason, reason };
}
