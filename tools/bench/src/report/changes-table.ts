// Changes under load as a table.

import { fixed, table } from "@penstock/figures";
import type { ChangeRow } from "../changes/change-summary.ts";

/** All of it. */
export function changesTable(rows: readonly ChangeRow[]): string {
  const p50 = ["p50 ms before", "during"];
  const p99 = ["p99 ms before", "during"];
  return table([
    ["change", "took s", "requests", "failed", ...p50, ...p99, "max ms during"],
    ...rows.map((row) => [
      row.change,
      fixed(row.tookMs / 1000, 1),
      String(row.requests),
      String(row.failed),
      ...[row.p50BeforeMs, row.p50DuringMs, row.p99BeforeMs, row.p99DuringMs].map((ms) =>
        fixed(ms, 1),
      ),
      fixed(row.maxDuringMs, 1),
    ]),
  ]);
}
