// Which workers go when a pool has too many. Whoever is asked to go takes no new request, finishes what it
// has in hand, and is killed when that takes longer than shutdownTimeLimitMs: so work in hand is what a
// wrong choice can cost, and the order avoids it first.
//
//   1. Idle before busy.
//   2. Among idle ones, those that still start before those that are ready: they serve nobody yet.
//   3. Then the youngest: the oldest has its caches warm, its code compiled, and has shown that it lasts.
//      (That an old process leaks is the business of recycling, which replaces it on purpose.)
//   4. Among busy ones, the one with the fewest requests in hand, then the youngest.
//
// A pool that is merely too large takes no chances:
//
//   surplus           idle ones exist   another one leaves   stopped in this turn
//   ---------------   ---------------   ------------------   ------------------------------------
//   over maxProcesses any               any                  that many at once: the limit is hard
//   over kept         yes               any                  idle ones only
//   over kept         no                no                   one busy worker
//   over kept         no                yes                  none: one at a time, the load may come back

import type { ObservedWorker } from "./observed-pool.ts";

/** The workers, the one that should go first at the front. */
export function inStopOrder(workers: readonly ObservedWorker[]): readonly ObservedWorker[] {
  return workers.toSorted(
    (one, other) =>
      one.running - other.running ||
      rank(one) - rank(other) ||
      other.startedAt - one.startedAt ||
      // Only so that the same world always gives the same plan.
      (one.id < other.id ? -1 : 1),
  );
}

function rank(worker: ObservedWorker): number {
  return worker.phase === "starting" ? 0 : 1;
}

/** How many workers may stay, and whether one is leaving already. */
export interface Surplus {
  readonly workersKept: number;
  readonly maxProcesses: number;
  readonly oneLeaves: boolean;
}

/** The workers of one generation that go because the pool is too large. */
export function surplusWorkers(
  workers: readonly ObservedWorker[],
  { workersKept, maxProcesses, oneLeaves }: Surplus,
): readonly ObservedWorker[] {
  const surplus = workers.length - workersKept;
  if (surplus <= 0) return [];
  const ordered = inStopOrder(workers);
  const forced = Math.max(0, workers.length - maxProcesses);
  const idle = Math.min(surplus, ordered.filter((worker) => worker.running === 0).length);
  const gentle = idle > 0 || oneLeaves ? idle : 1;
  return ordered.slice(0, Math.max(forced, gentle));
}
