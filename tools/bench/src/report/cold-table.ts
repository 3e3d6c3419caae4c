// Cold starts as a table.

import type { ColdRow } from "../cold/cold-summary.ts";
import { fixed, signed, table } from "@penstock/figures";

/** All of it. */
export function coldTable(rows: readonly ColdRow[]): string {
  const heading = ["application", "started by", "median ms", "p90 ms", "min ms", "max ms"];
  return table([
    [...heading, "first ms", "penstock takes, ms", "times"],
    ...rows.map((row) => [
      row.application,
      row.way,
      ...[row.medianMs, row.p90Ms, row.minMs, row.maxMs, row.firstMs].map((ms) => fixed(ms, 1)),
      ...(row.way === "penstock"
        ? ["", ""]
        : [signed(row.penstockMoreMs, 1), fixed(row.penstockTimes, 2)]),
    ]),
  ]);
}
