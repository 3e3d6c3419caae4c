// What the flash crowds come to: one row for each way. Pure.

import { median, percentile, total } from "@penstock/figures";
import type { CrowdSample, CrowdWay } from "./flash-crowd.ts";

/** A way, all turns together: medians over the turns. */
export interface CrowdRow {
  readonly way: CrowdWay;
  readonly workers: number;
  readonly firstMs: number;
  readonly p50Ms: number;
  readonly allMs: number;
  readonly failed: number;
}

/** Sums up. Rows are in the order in which the samples first name them. */
export function summarizeCrowds(samples: readonly CrowdSample[]): CrowdRow[] {
  const groups = Map.groupBy(samples, ({ way }) => way);
  return Array.from(groups, ([way, group]) => {
    const over = (share: number): number =>
      median(group.map(({ answeredMs }) => percentile(answeredMs, share)));
    return {
      way,
      workers: median(group.map(({ workers }) => workers)),
      firstMs: over(0),
      p50Ms: over(0.5),
      allMs: over(1),
      failed: total(group.map(({ failed }) => failed)),
    };
  });
}
