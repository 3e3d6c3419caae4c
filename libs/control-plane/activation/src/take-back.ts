// Who gives up a worker for a pool that has no room, the gentlest way first.
//
//   way       a worker of                                 that                        for
//   -------   -----------------------------------------   -------------------------   --------------------------
//   orphan    any pool, its own too                       is left for a debugger      any
//   spare     a pool that has more than it wants          sleeps, or has nothing in   a pool where requests wait
//                                                         hand; of an idle pool: for
//                                                         a second
//             the same                                    of a pool idle for 30 s     any other
//   floor     a pool that has been idle for a second      has nothing in hand         a pool where requests wait
//                                                                                     and nobody is there
//   share     the pool with the largest share, if that    any; busy ones one at a     any
//             is still not the smaller one afterwards     time, they finish first
//   turn      the pool with the largest share             has been ready for 30 s     a pool where requests wait
//                                                                                     for 30 s and nobody is there
//   own       the pool itself                             is out of date              its replacement
//
// An orphan is killed, for it hears nothing: what it has to show is worth less than a client. `share` is what makes it max-min fair: nobody keeps a worker that another needs more. `turn` is for hosts with
// fewer places than pools that want one: they take turns, so that each is served before its queue times out.

import type { DrainWorker, KillWorker } from "./action.ts";
import { bytesOf, type Tally } from "./host-claim.ts";
import type { ObservedWorker } from "./observed-pool.ts";
import { sleeps } from "./observed-pool.ts";
import { inStopOrder } from "./stop-order.ts";

/** How long a pool must have been idle before another one where requests wait takes its worker, milliseconds. */
const restMs = 1000;

/** How long pools keep a worker that others wait for, where not all can have one, milliseconds. */
const turnMs = 30_000;

/** A worker that gives up its place. */
export interface TakenBack {
  readonly from: Tally;
  readonly end: DrainWorker | KillWorker;
  readonly bytes: number;
}

/** Who gives up a place for one more worker of `taker`; undefined when nobody should. */
export function takeBack(
  taker: Tally,
  tallies: readonly Tally[],
  now: number,
): TakenBack | undefined {
  const others = tallies.filter((tally) => tally !== taker && tally.count > 0);
  const why = `the host is full, and pool ${taker.claim.pool} waits for a worker`;
  return (
    orphan(tallies, `${why}: nobody is left for a debugger at a client's cost`) ??
    spare(taker, others, { now, why }) ??
    floor(taker, others, { now, why }) ??
    aboveShare(taker, others, why) ??
    turn(taker, others, { now, why })
  );
}

/** Who goes because more is taken than the limits allow. */
export function takeOver(tallies: readonly Tally[]): TakenBack | undefined {
  const why = "workers take more than the host's limits allow";
  const dead = orphan(tallies, why);
  if (dead) return dead;
  const held = tallies.filter(({ count }) => count > 0);
  for (const from of byShare(held)) {
    const worker =
      from.count > from.claim.wanted ? inStopOrder(from.staying).find(isIdle) : undefined;
    if (worker) return taken(from, worker, why);
  }
  for (const from of byShare(held)) {
    const [worker] = inStopOrder(from.staying);
    if (worker && (isIdle(worker) || !from.oneLeaves)) return taken(from, worker, why);
  }
  return undefined;
}

/** Where only a replacement has no room: the worker that it replaces goes first. */
export function takeOwn(taker: Tally): TakenBack | undefined {
  if (taker.oneLeaves || taker.claim.starts[taker.granted]?.trigger !== "recycle") return undefined;
  const [drain] = taker.claim.replaceable;
  const worker = taker.staying.find(({ id }) => id === drain?.worker);
  if (!drain || !worker) return undefined;
  const reason = `${drain.reason}; the host is full, so it goes before its replacement starts`;
  return { from: taker, end: { ...drain, reason }, bytes: bytesOf(taker.claim, worker) };
}

/** The one that was left first. */
function orphan(tallies: readonly Tally[], reason: string): TakenBack | undefined {
  let first: { from: Tally; worker: ObservedWorker } | undefined;
  for (const from of tallies) {
    const worker = from.orphan;
    if (worker && (!first || worker.phaseSince < first.worker.phaseSince)) first = { from, worker };
  }
  if (!first) return undefined;
  const { from, worker } = first;
  const { id, pool } = worker;
  const end = { kind: "killWorker", pool, worker: id, exitReason: "orphan", reason } as const;
  return { from, end, bytes: bytesOf(from.claim, worker) };
}

interface Circumstances {
  readonly now: number;
  readonly why: string;
}

function spare(
  { claim: { waiting } }: Tally,
  others: readonly Tally[],
  { now, why }: Circumstances,
): TakenBack | undefined {
  const patienceMs = waiting > 0 ? restMs : turnMs;
  let best: { from: Tally; worker: ObservedWorker } | undefined;
  for (const from of others) {
    const { wanted, idleSince } = from.claim;
    if (from.count <= wanted) continue;
    const rested = idleSince === undefined ? waiting > 0 : now - idleSince >= patienceMs;
    for (const worker of from.staying) {
      const may = sleeps(worker) ? worker.running === 0 : rested && isIdle(worker);
      if (may && (!best || goesBefore(worker, best.worker))) best = { from, worker };
    }
  }
  return best && taken(best.from, best.worker, why);
}

/** Who sleeps, then who has been what it is for longest. */
function goesBefore(one: ObservedWorker, other: ObservedWorker): boolean {
  if (sleeps(one) !== sleeps(other)) return sleeps(one);
  return one.phaseSince !== other.phaseSince
    ? one.phaseSince < other.phaseSince
    : one.id < other.id;
}

function floor(
  taker: Tally,
  others: readonly Tally[],
  { now, why }: Circumstances,
): TakenBack | undefined {
  if (!taker.unserved) return undefined;
  for (const from of byShare(others)) {
    if (now - (from.claim.idleSince ?? now) < restMs) continue;
    const worker = inStopOrder(from.staying).find(isIdle);
    if (worker) return taken(from, worker, why);
  }
  return undefined;
}

/** Rounding must not decide. */
const EPSILON = 1e-9;

function aboveShare(taker: Tally, others: readonly Tally[], why: string): TakenBack | undefined {
  for (const from of byShare(others)) {
    if (from.share(-1) < taker.share(1) - EPSILON) return undefined;
    const [worker] = inStopOrder(from.staying);
    if (worker && (isIdle(worker) || !from.oneLeaves)) return taken(from, worker, why);
  }
  return undefined;
}

function turn(
  taker: Tally,
  others: readonly Tally[],
  { now, why }: Circumstances,
): TakenBack | undefined {
  const { shortSince = now } = taker.claim;
  if (!taker.unserved || now - shortSince < turnMs) return undefined;
  for (const from of byShare(others)) {
    if (from.oneLeaves) continue;
    const worker = inStopOrder(from.staying).find(
      ({ phase, phaseSince }) => phase === "ready" && now - phaseSince >= turnMs,
    );
    if (worker) return taken(from, worker, `${why}: they take turns`);
  }
  return undefined;
}

function isIdle(worker: ObservedWorker): boolean {
  return worker.running === 0 && (worker.phase === "ready" || sleeps(worker));
}

/** The largest first. */
function byShare(tallies: readonly Tally[]): readonly Tally[] {
  return tallies.toSorted(
    (one, other) => other.share() - one.share() || (one.claim.pool < other.claim.pool ? -1 : 1),
  );
}

function taken(from: Tally, worker: ObservedWorker, reason: string): TakenBack {
  const { pool } = from.claim;
  const end: DrainWorker = {
    kind: "drainWorker",
    pool,
    worker: worker.id,
    exitReason: "scale_down",
    reason,
  };
  return { from, end, bytes: bytesOf(from.claim, worker) };
}
