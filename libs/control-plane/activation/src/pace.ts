// How fast a pool's requests are and how long its starts take, measured from what is seen anyway. Little's law
// (L = λ · W) turns what workers have in hand and how many requests they finished into the time that one takes.
//
//   serviceMs       in hand, integrated over time / requests finished meanwhile     from 8 finished on
//   arrivalsPerMs   (finished + what waits and runs more than before) / time        each 250 ms
//   startupMs       from a worker's start to its first readiness                    each start
//
// Each is smoothed, so that one odd sample moves it by a third. Before anything was measured nothing is known,
// and whoever asks has to do without.

import type { ObservedPool } from "./observed-pool.ts";

/** What is known of a pool's pace. A plain value. */
export interface Pace {
  /** Mean time that a worker has a request in hand, milliseconds. */
  readonly serviceMs?: number;
  /** Requests per millisecond, lately. */
  readonly arrivalsPerMs?: number;
  /** From a worker's start until it takes requests, milliseconds. */
  readonly startupMs?: number;
  /** What is being measured; absent while the pool is at rest. */
  readonly sample?: PaceSample;
}

/** Measurements under way. */
export interface PaceSample {
  readonly at: number;
  /** Requests in hand at `at`. */
  readonly inHand: number;
  /** Since `finished` was what is here: the integral of requests in hand, request-milliseconds. */
  readonly inHandMs: number;
  readonly finished: number;
  /** Where the count of arrivals began: when, what had finished, what waited or ran. */
  readonly since: number;
  readonly finishedSince: number;
  readonly presentSince: number;
}

/** Nothing is known. */
export const unknownPace: Pace = {};

/** Fewer say little: the time of one request is not the time of requests. */
const finishedMin = 8;
const arrivalsWindowMs = 250;
/** Reports come every 50 ms while anything changes: longer silence means that nothing went on. */
const silenceMs = 5000;
const weight = 1 / 3;

/** The pace with one more look at the pool. */
export function advancePace(
  pace: Pace | undefined,
  observed: ObservedPool,
  { startupTimeLimitMs }: { readonly startupTimeLimitMs: number },
  now: number,
): Pace {
  const before = pace?.sample;
  const inHand = observed.workers.reduce((sum, { running }) => sum + running, 0);
  const present = (observed.load?.waiting ?? 0) + inHand;
  if (!before || now - before.at > silenceMs)
    return { ...pace, sample: beginning(observed.finished, { inHand, present }, now) };

  const measured = { ...before, at: now, inHand };
  measured.inHandMs += before.inHand * (now - before.at);
  const finished = observed.finished - measured.finished;
  let { serviceMs, arrivalsPerMs } = pace;
  if (finished >= finishedMin) {
    serviceMs = smoothed(serviceMs, measured.inHandMs / finished);
    measured.inHandMs = 0;
    measured.finished = observed.finished;
  }
  const elapsed = now - measured.since;
  if (elapsed >= arrivalsWindowMs) {
    const arrived = observed.finished - measured.finishedSince + present - measured.presentSince;
    arrivalsPerMs = smoothed(arrivalsPerMs, Math.max(0, arrived) / elapsed);
    measured.since = now;
    measured.finishedSince = observed.finished;
    measured.presentSince = present;
  }
  const startupMs = startsIn(observed, before.at)
    .filter((took) => took <= startupTimeLimitMs)
    .reduce<number | undefined>(smoothed, pace.startupMs);
  return {
    ...(serviceMs !== undefined && { serviceMs }),
    ...(arrivalsPerMs !== undefined && { arrivalsPerMs }),
    ...(startupMs !== undefined && { startupMs }),
    sample: measured,
  };
}

/** What outlives a rest: what requests and starts take, not how many came. Undefined when nothing is known. */
export function restingPace({ serviceMs, startupMs }: Pace): Pace | undefined {
  if (serviceMs === undefined && startupMs === undefined) return undefined;
  return {
    ...(serviceMs !== undefined && { serviceMs }),
    ...(startupMs !== undefined && { startupMs }),
  };
}

function beginning(
  finished: number,
  { inHand, present }: { inHand: number; present: number },
  now: number,
): PaceSample {
  return {
    at: now,
    inHand,
    inHandMs: 0,
    finished,
    since: now,
    finishedSince: finished,
    presentSince: present,
  };
}

/** How long the starts took that ended after `since`. */
function startsIn({ workers }: ObservedPool, since: number): number[] {
  return workers
    .filter(({ phase, phaseSince, woken }) => phase === "ready" && phaseSince > since && !woken)
    .map(({ phaseSince, startedAt }) => phaseSince - startedAt);
}

function smoothed(known: number | undefined, sample: number): number {
  return known === undefined ? sample : known + weight * (sample - known);
}
