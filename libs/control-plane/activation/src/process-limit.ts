// How many more workers a pool may have: the meaning of maxProcesses, exactly.
//
//   worker                            takes a seat   why
//   -------------------------------   ------------   -------------------------------------------------
//   starting, ready, resuming; any    yes            it serves or will
//   resting, suspended; current       yes            it holds its memory, and is resumed before one starts
//   resting, suspended; old           no             it is on its way out, as the next row
//   draining, stopping; current       yes            it still costs a process, and nothing replaces it
//   draining, stopping; old           no             its replacement may run beside it: that is overlap
//   draining, stopping; recycled      no             the same: it counts as old
//   orphaned                          no             it is out of service; there is one at most
//
//   while                                    seats at most      live workers at most
//   --------------------------------------   ----------------   --------------------
//   one generation lives                     maxProcesses       maxProcesses
//   old ones leave, overlapped               maxProcesses       2 × maxProcesses
//   old ones serve, overlapped               maxProcesses + 1   2 × maxProcesses, and at least 2
//   old ones live, overlap disallowed        nothing starts     -
//
// An orphan comes on top of both. The one seat more lets a full pool begin its rotation; without the last column a series of quick
// configuration changes would pile up generations that drain.

import type { ObservedWorker } from "./observed-pool.ts";
import { leaves, serves, sleeps } from "./observed-pool.ts";

/** What decides how many workers may be started. */
export interface ProcessLimit {
  readonly maxProcesses: number;
  readonly overlapAllowed: boolean;
}

/** The workers of a pool by generation. One that is recycled counts as one of another generation. */
export interface Generations {
  /** Starting, ready and resuming workers of the current generation. */
  readonly current: readonly ObservedWorker[];
  /** Starting, ready and resuming workers of other generations. */
  readonly old: readonly ObservedWorker[];
  /** Resting and suspended workers of the current generation. */
  readonly currentAsleep: readonly ObservedWorker[];
  /** The same of other generations: nobody resumes them, they leave. */
  readonly oldAsleep: readonly ObservedWorker[];
  /** Draining and stopping workers of the current generation. */
  readonly currentLeaving: number;
  /** Draining and stopping workers of other generations. */
  readonly oldLeaving: number;
}

/** Sorts workers by generation and by whether they serve. */
export function byGeneration(
  workers: readonly ObservedWorker[],
  isCurrent: (worker: ObservedWorker) => boolean,
): Generations {
  const mine = workers.filter((worker) => isCurrent(worker));
  const others = workers.filter((worker) => !isCurrent(worker));
  return {
    current: mine.filter(serves),
    old: others.filter(serves),
    currentAsleep: mine.filter(sleeps),
    oldAsleep: others.filter(sleeps),
    currentLeaving: mine.filter(leaves).length,
    oldLeaving: others.filter(leaves).length,
  };
}

/** How many workers may be started now. Never negative. */
export function startsAllowed(
  { current, old, currentAsleep, oldAsleep, currentLeaving, oldLeaving: left }: Generations,
  { maxProcesses, overlapAllowed }: ProcessLimit,
): number {
  const oldLeaving = left + oldAsleep.length;
  if (!overlapAllowed && old.length + oldLeaving > 0) return 0;
  const seats = current.length + old.length + currentAsleep.length + currentLeaving;
  const seatsMax = maxProcesses + (old.length > 0 ? 1 : 0);
  return Math.max(0, Math.min(seatsMax - seats, 2 * maxProcesses - seats - oldLeaving));
}
