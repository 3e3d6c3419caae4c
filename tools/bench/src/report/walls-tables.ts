// The walls as tables: the values, then the ratios, then who used the processors.

import { openAccount, type WallsRow } from "../walls/walls-summary.ts";
import { fixed, table } from "./table.ts";

const loadHeading = ["request", "in flight"];

/** All of it. */
export function wallsTables(rows: readonly WallsRow[]): string {
  const values = ["account", "requests/s", "p50 ms", "p99 ms", "max ms", "wrong", "broken", ""];
  return [
    table([[...loadHeading, ...values], ...rows.map(valueCells)]),
    "Walls against the open account in the same round (requests/s: more is better; all else: less is better)",
    table([
      [...loadHeading, "requests/s", "p50", "p99", "CPU/request"],
      ...rows.filter(({ target }) => target !== openAccount).map(ratioCells),
    ]),
    "CPU microseconds per request",
    table([[...loadHeading, "account", "sum", "of which"], ...rows.map(cpuCells)]),
  ].join("\n\n");
}

function valueCells(row: WallsRow): string[] {
  return [
    ...loadCells(row),
    row.target,
    fixed(row.requestsPerSecond, 0),
    fixed(row.p50Ms, 2),
    fixed(row.p99Ms, 2),
    fixed(row.maxMs, 1),
    String(row.non2xx),
    String(row.broken),
    row.failed ? "FAILED" : "",
  ];
}

function ratioCells(row: WallsRow): string[] {
  const { requestsPerSecond, p50, p99, cpu } = row.againstPeer;
  const ratios = [requestsPerSecond, p50, p99, cpu];
  return [...loadCells(row), ...ratios.map((ratio) => (row.failed ? "-" : fixed(ratio, 2)))];
}

function cpuCells(row: WallsRow): string[] {
  const parts = Object.entries(row.cpuByPart).map(([part, value]) => `${part} ${fixed(value, 1)}`);
  return [...loadCells(row), row.target, fixed(row.cpu, 1), parts.join(" + ")];
}

function loadCells({ kind, inFlight }: WallsRow): string[] {
  return [kind, String(inFlight)];
}
