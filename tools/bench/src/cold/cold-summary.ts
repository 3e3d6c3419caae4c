// What the samples of cold starts come to, of processes and of containers: one row per application and way. Pure. Differences are taken
// inside each turn and their median is shown: the starts of one turn are a second apart. The first turn,
// with empty compile caches, stands for itself.

import { median, percentile } from "@penstock/figures";

/** A start, as far as it is summed up: of Penstock's, or of one by hand. */
export interface TimedStart {
  /** From 0 on; the first turn is -1. */
  readonly turn: number;
  readonly application: string;
  /** `penstock`, or another that it is held against. */
  readonly way: string;
  readonly milliseconds: number;
}

/** A way to start an application, in milliseconds to its first answer. */
export interface ColdRow {
  readonly application: string;
  readonly way: string;
  readonly starts: number;
  /** With empty compile caches. */
  readonly firstMs: number;
  readonly medianMs: number;
  readonly p90Ms: number;
  readonly minMs: number;
  readonly maxMs: number;
  /** How much longer Penstock takes; NaN for Penstock itself. */
  readonly penstockMoreMs: number;
  /** What Penstock takes, in times of this; NaN for Penstock itself. */
  readonly penstockTimes: number;
}

/** Sums up. Rows are in the order in which the samples first name them. */
export function summarizeColdStart(samples: readonly TimedStart[]): ColdRow[] {
  const keys = new Map(samples.map((sample) => [`${sample.application} ${sample.way}`, sample]));
  return Array.from(keys.values(), ({ application, way }) => {
    const own = samples.filter((one) => one.application === application && one.way === way);
    const penstock = samples.filter(
      (one) => one.application === application && one.way === "penstock",
    );
    const pairs = way === "penstock" ? [] : insideTurns(penstock, own);
    const times = measured(own).map(({ milliseconds }) => milliseconds);
    return {
      application,
      way,
      starts: times.length,
      firstMs: own.find(({ turn }) => turn < 0)?.milliseconds ?? NaN,
      medianMs: median(times),
      p90Ms: percentile(times, 0.9),
      minMs: percentile(times, 0),
      maxMs: percentile(times, 1),
      penstockMoreMs: median(pairs.map(([mine, theirs]) => mine - theirs)),
      penstockTimes: median(pairs.map(([mine, theirs]) => mine / theirs)),
    };
  });
}

function insideTurns(
  penstock: readonly TimedStart[],
  other: readonly TimedStart[],
): (readonly [number, number])[] {
  return measured(penstock).flatMap(({ turn, milliseconds }) => {
    const counterpart = other.find((one) => one.turn === turn);
    return counterpart ? [[milliseconds, counterpart.milliseconds] as const] : [];
  });
}

function measured(samples: readonly TimedStart[]): TimedStart[] {
  return samples.filter(({ turn }) => turn >= 0);
}
