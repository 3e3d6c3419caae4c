// How many workers a pool wants, and how many it may keep. Up at once, down with patience.
//
//   slots      = requests / concurrency, rounded up (see demand.ts for what counts as a request)
//   needed     = (λ · service + waiting · service / patience) / concurrency, rounded up, 1 at least (see pace.ts):
//                what keeps up with arrivals (Little's law) and clears what waits within `patience`
//   stuck      = something waits for longer than `patience` although nobody starts
//   wanted     = slots, or `needed` if that is less and known, and nothing is stuck; not below what runs
//                already; within [workersMin, maxProcesses]       start up to here, now
//   lasting    = 1.5 · λ · service / concurrency, rounded up, and one more: what this traffic can need again
//   peak       = the highest `wanted` of the stable window, each at most `lasting` as it then was known, unless
//                something was stuck; who remembers nothing begins with as many as serve
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
//   some waits    any                  all that serve                   -
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
  /** Since when something waits and nobody starts; absent otherwise. */
  readonly waitsSince?: number;
  /** While the history holds what was wanted before the pool's pace was known: until when it may. */
  readonly guessedUntil?: number;
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
  /** Help is on its way: one of them at least starts. */
  readonly someoneStarts: boolean;
}

/** Decides the size of a pool. Pure; remembers through `memory`. */
export function scalingPolicy(
  { pool, demand, pace, workersServing, someoneStarts }: ScalingInput,
  memory: ScalingMemory | undefined,
  now: number,
): ScalingVerdict {
  const { maxProcesses, idleTimeoutMs } = pool.processModel;
  const floor = workersMin(pool);
  const patienceMs = patienceOf(pace);
  const waits = demand.waiting > 0 && !someoneStarts;
  const waitsSince = waits ? (memory?.waitsSince ?? now) : undefined;
  const stuckAt = waitsSince === undefined ? undefined : waitsSince + patienceMs;
  const stuck = stuckAt !== undefined && now >= stuckAt;
  const slots = Math.ceil(demand.requests / pool.concurrency);
  const needed = stuck ? slots : Math.min(slots, workersNeeded(demand, pace, pool.concurrency));
  const workersWanted = Math.min(maxProcesses, Math.max(floor, needed));
  const history = {
    ...remembered({ pool, pace, workersWanted, workersServing, stuck }, memory, now),
    ...(waitsSince !== undefined && { waitsSince }),
  };
  const next = afterDemand(history, demand.requests > 0, memory?.idleSince ?? now);

  const idleAt = idleEndsAt(next, idleTimeoutMs);
  if (idleAt !== undefined && now >= idleAt) {
    const reason = `nothing waits or runs since ${seconds(idleTimeoutMs)}`;
    const dueAt = undefined;
    return { workersWanted, workersKept: floor, exitReason: "idle", reason, memory: next, dueAt };
  }

  // The last worker outlives the window: it goes for idleness only.
  const lowest = Math.max(1, workersWanted, demand.waiting > 0 ? workersServing : 0);
  const workersKept = Math.min(maxProcesses, Math.max(lowest, peakDemand(history.history)));
  const peakAt =
    workersServing > lowest
      ? earliest(peakEndsAt(history.history), isKnown(pace) ? history.guessedUntil : undefined)
      : undefined;
  const dueAt = earliest(
    peakAt,
    earliest(workersServing > floor ? idleAt : undefined, needed < slots ? stuckAt : undefined),
  );
  const reason = `${counted(demand)}, ${pool.concurrency} per worker${measured(pace)}: wants ${workersWanted}, kept ${workersKept}`;
  return { workersWanted, workersKept, exitReason: "scale_down", reason, memory: next, dueAt };
}

/** The part of a start's time within which what waits is to be cleared. */
const patienceShare = 1 / 4;

/** How long a request may wait for those that serve, milliseconds; for ever while the pace is unknown. */
function patienceOf({ serviceMs, startupMs }: Pace): number {
  if (serviceMs === undefined || startupMs === undefined) return Infinity;
  return Math.max(serviceMs, startupMs * patienceShare);
}

/** By the pool's pace; as many as there are requests while it is unknown. */
function workersNeeded(
  { requests, waiting, running }: Demand,
  pace: Pace,
  concurrency: number,
): number {
  const { serviceMs, arrivalsPerMs = 0 } = pace;
  const patienceMs = patienceOf(pace);
  if (waiting === 0 || serviceMs === undefined || patienceMs === Infinity) return requests;
  // Both may be too short to be measured.
  const clearing = patienceMs > 0 ? (waiting * serviceMs) / patienceMs : 0;
  const busy = arrivalsPerMs * serviceMs + clearing;
  return Math.max(1, Math.ceil(Math.max(running, busy) / concurrency));
}

function isKnown(pace: Pace): pace is Pace & Required<Pick<Pace, "serviceMs" | "arrivalsPerMs">> {
  return pace.serviceMs !== undefined && pace.arrivalsPerMs !== undefined;
}

/** How long after a pool's pace is known what was wanted before still counts: to see whether it was too much. */
const guessLastsMs = 2000;

/** Fluctuations of arrivals that do not know each other stay within it, from a handful of requests on. */
const lastingShare = 1.5;

function remembered(
  {
    pool,
    pace,
    workersWanted,
    workersServing,
    stuck,
  }: Pick<ScalingInput, "pool" | "pace" | "workersServing"> &
    Pick<ScalingVerdict, "workersWanted"> & { readonly stuck: boolean },
  memory: ScalingMemory | undefined,
  now: number,
): Pick<ScalingMemory, "history" | "guessedUntil"> {
  // Whoever remembers nothing takes those who serve for what was wanted until now: a controller that has just started
  // has not heard yet what they have in hand.
  const known = memory?.history ?? recordDemand(undefined, workersServing, now);
  if (!isKnown(pace))
    return {
      history: recordDemand(known, workersWanted, now),
      guessedUntil: now + guessLastsMs,
    };
  const busy = pace.arrivalsPerMs * pace.serviceMs;
  const lasting = Math.ceil((lastingShare * busy) / pool.concurrency) + 1;
  const most = stuck ? workersWanted : Math.max(workersMin(pool), lasting);
  const level = Math.min(workersWanted, most);
  const { guessedUntil } = memory ?? {};
  if (guessedUntil === undefined || stuck) return { history: recordDemand(known, level, now) };
  if (now < guessedUntil) return { history: recordDemand(known, level, now), guessedUntil };
  return { history: recordDemand(undefined, level, now) };
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
