// The loads of one target as cells of tables, behind those that name the load.

import type { LoadSummary } from "../measuring/load-summary.ts";
import { fixed } from "@penstock/figures";

/** Requests/s, p50, p99 and max, wrong answers, broken connections, and whether that spoils the row. */
export function valueCells(row: LoadSummary): string[] {
  return [
    fixed(row.requestsPerSecond, 0),
    fixed(row.p50Ms, 2),
    fixed(row.p99Ms, 2),
    fixed(row.maxMs, 1),
    String(row.non2xx),
    String(row.broken),
    row.failed ? "FAILED" : "",
  ];
}

/** Requests/s, p50, p99 and CPU per request against the peer. */
export function ratioCells({ againstPeer, failed }: LoadSummary): string[] {
  const { requestsPerSecond, p50, p99, cpu } = againstPeer;
  return [requestsPerSecond, p50, p99, cpu].map((ratio) => (failed ? "-" : fixed(ratio, 2)));
}

/** CPU per request: the sum, and its parts. */
export function cpuCells({ cpu, cpuByPart }: LoadSummary): string[] {
  const parts = Object.entries(cpuByPart).map(([part, value]) => `${part} ${fixed(value, 1)}`);
  return [fixed(cpu, 1), parts.join(" + ")];
}
