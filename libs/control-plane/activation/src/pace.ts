// How fast a pool's requests are and how long its starts take, measured from what is seen anyway. Little's law
// (L = λ · W) turns how long workers had requests in hand and how many they finished into the time that one takes.
//
//   serviceMs       how long workers had requests in hand / requests finished     each 250 ms, from 8 finished on
//   arrivalsPerMs   (finished + what waits and runs more than before) / time      each 250 ms
//   startupMs       from a worker's start to its first readiness                  each start
//
// Each is smoothed, so that one odd sample moves it by a third. Before anything was measured nothing is known,
// and whoever asks has to do without. While a backlog is begun, more is in hand than finishes: the first sample
// is too long rather than too short, which starts more workers rather than fewer.

import { type ObservedPool, type PoolWork } from "./observed-pool.ts";

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
  /** The last look. */
  readonly at: number;
  /** Where the time of requests began to be measured: when, and what was done before. */
  readonly served: PoolWork & { readonly since: number };
  /** Where arrivals began to be counted: when, what had finished, what waited or ran. */
  readonly arrived: {
    readonly since: number;
    readonly finished: number;
    readonly present: number;
  };
}

/** Nothing is known. */
export const unknownPace: Pace = {};

/** Fewer say little: the time of one request is not the time of requests. */
const finishedMin = 8;
const windowMs = 250;
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
  const { work } = observed;
  const present = presentIn(observed);
  const arrivedNow = { since: now, finished: work.finished, present };
  const servedNow = { since: now, finished: work.finished, busyMs: work.busyMs };
  if (!before || now - before.at > silenceMs)
    return { ...pace, sample: { at: now, served: servedNow, arrived: arrivedNow } };

  let { served, arrived } = before;
  let { serviceMs, arrivalsPerMs } = pace;
  const finished = work.finished - served.finished;
  if (finished >= finishedMin && now - served.since >= windowMs) {
    serviceMs = smoothed(serviceMs, (work.busyMs - served.busyMs) / finished);
    served = servedNow;
  }
  const elapsed = now - arrived.since;
  if (elapsed >= windowMs) {
    const count = work.finished - arrived.finished + present - arrived.present;
    arrivalsPerMs = smoothed(arrivalsPerMs, Math.max(0, count) / elapsed);
    arrived = arrivedNow;
  }
  const startupMs = startsIn(observed, before.at)
    .filter((took) => took <= startupTimeLimitMs)
    .reduce<number | undefined>(smoothed, pace.startupMs);
  return known({ serviceMs, arrivalsPerMs, startupMs }, { at: now, served, arrived });
}

/** What outlives a rest: what requests and starts take, not how many came. Undefined when nothing is known. */
export function restingPace({ serviceMs, startupMs }: Pace): Pace | undefined {
  if (serviceMs === undefined && startupMs === undefined) return undefined;
  return known({ serviceMs, startupMs });
}

function known(
  {
    serviceMs,
    arrivalsPerMs,
    startupMs,
  }: { readonly [Key in Exclude<keyof Pace, "sample">]?: number | undefined },
  sample?: PaceSample,
): Pace {
  return {
    ...(serviceMs !== undefined && { serviceMs }),
    ...(arrivalsPerMs !== undefined && { arrivalsPerMs }),
    ...(startupMs !== undefined && { startupMs }),
    ...(sample && { sample }),
  };
}

/** Requests that wait or run. */
function presentIn({ workers, load }: ObservedPool): number {
  const inHand = workers.reduce((sum, { running }) => sum + running, 0);
  return (load?.waiting ?? 0) + inHand;
}

/** How long the starts took that ended after `since`. */
function startsIn({ workers }: ObservedPool, since: number): number[] {
  return workers
    .filter(({ phase, phaseSince, woken }) => phase === "ready" && phaseSince > since && !woken)
    .map(({ phaseSince, startedAt }) => phaseSince - startedAt);
}

function smoothed(before: number | undefined, sample: number): number {
  return before === undefined ? sample : before + weight * (sample - before);
}
