// How many workers a pool wants, and how many it may keep. Up at once, down with patience.
//
//   slots      = requests / concurrency, rounded up (see demand.ts for what counts as a request)
//   wanted     = slots, within [workersMin, maxProcesses]       start up to here, now
//   peak       = the highest wanted of the stable window
//
//   demand        for how long         kept: stop down to here          exit reason
//   -----------   ------------------   -----------------------------    -----------
//   any           any                  at least peak                    scale_down
//   none          < idleTimeoutMs      at least max(peak, 1)            scale_down
//   none          ≥ idleTimeoutMs      workersMin, whatever the peak    idle
//   none          idleTimeoutMs is 0   at least max(peak, 1), forever   scale_down
//
// `kept` is never below `wanted`, never above maxProcesses, and never makes a worker start.

import type { ApplicationPool, ExitReason } from "@penstock/domain";
import type { Demand } from "./demand.ts";
import { peakDemand, peakEndsAt, recordDemand, type DemandHistory } from "./demand-history.ts";
import { workersMin } from "./desired-pool.ts";
import { earliest } from "./earliest.ts";

/** What scaling remembers of a pool. */
export interface ScalingMemory {
  readonly history: DemandHistory;
  /** Since when nothing waits and nothing runs; absent while something does. */
  readonly idleSince?: number;
}

/** What scaling has to say about a pool. */
export interface ScalingVerdict {
  /** Start workers until this many serve. */
  readonly workersWanted: number;
  /** Stop workers until this many serve. Not below `workersWanted`. */
  readonly workersKept: number;
  /** Why a worker beyond `workersKept` goes. */
  readonly exitReason: Extract<ExitReason, "idle" | "scale_down">;
  /** What was counted, in words. */
  readonly reason: string;
  readonly memory: ScalingMemory;
  /** When `workersKept` falls below `workersServing` if demand stays; undefined when it never does. */
  readonly dueAt: number | undefined;
}

/** What scaling looks at. */
export interface ScalingInput {
  readonly pool: ApplicationPool;
  readonly demand: Demand;
  /** Workers that serve now: starting ones are capacity, draining ones are not. */
  readonly workersServing: number;
}

/** Decides the size of a pool. Pure; remembers through `memory`. */
export function scalingPolicy(
  { pool, demand, workersServing }: ScalingInput,
  memory: ScalingMemory | undefined,
  now: number,
): ScalingVerdict {
  const { maxProcesses, idleTimeoutMs } = pool.processModel;
  const floor = workersMin(pool);
  const slots = Math.ceil(demand.requests / pool.concurrency);
  const workersWanted = Math.min(maxProcesses, Math.max(floor, slots));
  const history = recordDemand(memory?.history, workersWanted, now);
  const next = afterDemand(history, demand.requests > 0, memory?.idleSince ?? now);

  const idleAt = idleEndsAt(next, idleTimeoutMs);
  if (idleAt !== undefined && now >= idleAt) {
    const reason = `nothing waits or runs since ${seconds(idleTimeoutMs)}`;
    const dueAt = undefined;
    return { workersWanted, workersKept: floor, exitReason: "idle", reason, memory: next, dueAt };
  }

  // The last worker outlives the window: it goes for idleness only.
  const lowest = Math.max(1, workersWanted);
  const workersKept = Math.min(maxProcesses, Math.max(lowest, peakDemand(history)));
  const peakAt = workersServing > lowest ? peakEndsAt(history) : undefined;
  const dueAt = earliest(peakAt, workersServing > floor ? idleAt : undefined);
  const reason = `${counted(demand)}, ${pool.concurrency} per worker: wants ${workersWanted}, kept ${workersKept}`;
  return { workersWanted, workersKept, exitReason: "scale_down", reason, memory: next, dueAt };
}

function afterDemand(history: DemandHistory, busy: boolean, idleSince: number): ScalingMemory {
  return busy ? { history } : { history, idleSince };
}

function idleEndsAt({ idleSince }: ScalingMemory, idleTimeoutMs: number): number | undefined {
  return idleSince === undefined || idleTimeoutMs === 0 ? undefined : idleSince + idleTimeoutMs;
}

function counted({ waiting, running, signalled }: Demand): string {
  const signal = signalled && waiting === 0 ? ", an arrival signalled" : "";
  return `${waiting} waiting, ${running} running${signal}`;
}

function seconds(ms: number): string {
  return `${ms / 1000} s`;
}
