// How many workers a pool wants, and how many it may keep. Up at once, down with patience.
//
//   slots      = requests / concurrency, rounded up (see demand.ts for what counts as a request)
//   needed     = (λ · service + waiting · service / patience) / concurrency, rounded up (see pace.ts):
//                what keeps up with arrivals (Little's law) and clears what waits within `patience`
//   wanted     = slots, or `needed` if that is less and known; not below what runs already;
//                within [workersMin, maxProcesses]                start up to here, now
//   lasting    = 1.5 · λ · service / concurrency, rounded up, and one more: what this traffic can need again
//   peak       = the highest `wanted` of the stable window, each at most `lasting` as it then was known
//
// `patience` is a quarter of the time that a start takes, at least one service time: whoever waited for a start
// waits a little longer at most, and a burst of short requests, of which a slot does many while the next start
// would still be under way, starts what it needs and not a worker for each slot. `lasting` lets workers go that a
// backlog called for and nothing else: what was wanted before anything was measured is no reason to keep them.
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
import type { Pace } from "./pace.ts";

/** What scaling remembers of a pool. */
export interface ScalingMemory {
  readonly history: DemandHistory;
  /** True while the history holds what was wanted before the pool's pace was known. */
  readonly guessed?: true;
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
  readonly pace: Pace;
  /** Workers that serve now: starting ones are capacity, draining ones are not. */
  readonly workersServing: number;
}

/** Decides the size of a pool. Pure; remembers through `memory`. */
export function scalingPolicy(
  { pool, demand, pace, workersServing }: ScalingInput,
  memory: ScalingMemory | undefined,
  now: number,
): ScalingVerdict {
  const { maxProcesses, idleTimeoutMs } = pool.processModel;
  const floor = workersMin(pool);
  const needed = workersNeeded(demand, pace, pool.concurrency);
  const workersWanted = Math.min(maxProcesses, Math.max(floor, needed));
  const history = remembered({ pool, pace, workersWanted }, memory, now);
  const next = afterDemand(history, demand.requests > 0, memory?.idleSince ?? now);

  const idleAt = idleEndsAt(next, idleTimeoutMs);
  if (idleAt !== undefined && now >= idleAt) {
    const reason = `nothing waits or runs since ${seconds(idleTimeoutMs)}`;
    const dueAt = undefined;
    return { workersWanted, workersKept: floor, exitReason: "idle", reason, memory: next, dueAt };
  }

  // The last worker outlives the window: it goes for idleness only.
  const lowest = Math.max(1, workersWanted);
  const workersKept = Math.min(maxProcesses, Math.max(lowest, peakDemand(history.history)));
  const peakAt = workersServing > lowest ? peakEndsAt(history.history) : undefined;
  const dueAt = earliest(peakAt, workersServing > floor ? idleAt : undefined);
  const reason = `${counted(demand)}, ${pool.concurrency} per worker${measured(pace)}: wants ${workersWanted}, kept ${workersKept}`;
  return { workersWanted, workersKept, exitReason: "scale_down", reason, memory: next, dueAt };
}

/** The part of a start's time within which what waits is to be cleared. */
const patienceShare = 1 / 4;

function workersNeeded(
  { requests, waiting, running }: Demand,
  { serviceMs, arrivalsPerMs = 0, startupMs }: Pace,
  concurrency: number,
): number {
  const slots = Math.ceil(requests / concurrency);
  if (waiting === 0 || serviceMs === undefined || startupMs === undefined) return slots;
  const patienceMs = Math.max(serviceMs, startupMs * patienceShare);
  // Requests may be too short to be measured; who waits still needs somebody.
  const clearing = patienceMs > 0 ? (waiting * serviceMs) / patienceMs : 0;
  const busy = Math.max(1, running, arrivalsPerMs * serviceMs + clearing);
  return Math.min(slots, Math.ceil(busy / concurrency));
}

/** Fluctuations of arrivals that do not know each other stay within it, from a handful of requests on. */
const lastingShare = 1.5;

function remembered(
  {
    pool,
    pace,
    workersWanted,
  }: Pick<ScalingInput, "pool" | "pace"> & Pick<ScalingVerdict, "workersWanted">,
  memory: ScalingMemory | undefined,
  now: number,
): Omit<ScalingMemory, "idleSince"> {
  const { serviceMs, arrivalsPerMs } = pace;
  if (serviceMs === undefined || arrivalsPerMs === undefined)
    return { history: recordDemand(memory?.history, workersWanted, now), guessed: true };
  const busy = arrivalsPerMs * serviceMs;
  const lasting = Math.ceil((lastingShare * busy) / pool.concurrency) + 1;
  const level = Math.min(workersWanted, Math.max(workersMin(pool), lasting));
  const earlier = memory?.guessed ? undefined : memory?.history;
  return { history: recordDemand(earlier, level, now) };
}

function afterDemand(
  history: Omit<ScalingMemory, "idleSince">,
  busy: boolean,
  idleSince: number,
): ScalingMemory {
  return busy ? history : { ...history, idleSince };
}

function idleEndsAt({ idleSince }: ScalingMemory, idleTimeoutMs: number): number | undefined {
  return idleSince === undefined || idleTimeoutMs === 0 ? undefined : idleSince + idleTimeoutMs;
}

function counted({ waiting, running, signalled }: Demand): string {
  const signal = signalled && waiting === 0 ? ", an arrival signalled" : "";
  return `${waiting} waiting, ${running} running${signal}`;
}

function measured({ serviceMs, startupMs }: Pace): string {
  if (serviceMs === undefined || startupMs === undefined) return "";
  return `, ${Math.round(serviceMs)} ms each, ${Math.round(startupMs)} ms to start`;
}

function seconds(ms: number): string {
  return `${ms / 1000} s`;
}
