// What many pools come to: one row for each number of pools, the first one being the base. Pure.

import { median } from "@penstock/figures";
import type { ManyPoolsSample } from "./many-pools.ts";

/** What a process of Penstock costs. */
export interface ManyPoolsPart {
  readonly part: string;
  readonly rss: number;
  /** Beyond the base's, for each pool beyond the base's; NaN for the base. */
  readonly rssPerPool: number;
  /** Microseconds per second while nothing happens; NaN where nothing is known. */
  readonly idleCpu: number;
  /** Microseconds for the reload, likewise. */
  readonly reloadCpu: number;
}

/** A number of pools. */
export interface ManyPoolsRow extends Pick<
  ManyPoolsSample,
  "pools" | "readyMs" | "reloadMs" | "changes" | "scrapes" | "stopMs" | "wrong"
> {
  /** Of the cold starts: the median, and the longest. */
  readonly firstMs: number;
  readonly firstMaxMs: number;
  readonly parts: readonly ManyPoolsPart[];
  /** Wrong answers, a reload that changed more or less than one pool, or a stop that had to be a kill. */
  readonly failed: boolean;
}

/** Sums up; the first sample is the base. */
export function summarizeManyPools(samples: readonly ManyPoolsSample[]): ManyPoolsRow[] {
  const base = samples[0];
  return samples.map((sample) => {
    const { pools, readyMs, reloadMs, changes, scrapes, stopMs, wrong, firstMs } = sample;
    const more = pools - (base?.pools ?? NaN);
    const parts = Object.entries(sample.memory).map(([part, { rss }]): ManyPoolsPart => {
      const before = base?.memory[part]?.rss ?? NaN;
      return {
        part,
        rss,
        rssPerPool: more > 0 ? (rss - before) / more : NaN,
        idleCpu: sample.idleCpu[part] ?? NaN,
        reloadCpu: sample.reloadCpu[part] ?? NaN,
      };
    });
    return {
      pools,
      readyMs,
      reloadMs,
      changes,
      scrapes,
      stopMs,
      wrong,
      firstMs: median(firstMs),
      firstMaxMs: Math.max(...firstMs),
      parts,
      failed: wrong > 0 || changes !== 1 || sample.exitCode === null,
    };
  });
}
