// Flash crowds as a table.

import { fixed, table } from "@penstock/figures";
import type { CrowdRow } from "../crowd/crowd-summary.ts";

/** All of it. */
export function crowdTable(rows: readonly CrowdRow[]): string {
  return table([
    ["met by", "processes", "first ms", "half ms", "all ms", "failed"],
    ...rows.map(({ way, workers, firstMs, p50Ms, allMs, failed }) => [
      way,
      String(workers),
      ...[firstMs, p50Ms, allMs].map((ms) => fixed(ms, 0)),
      String(failed),
    ]),
  ]);
}
