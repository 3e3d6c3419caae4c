// The hot path as tables: the values, then the ratios, then who used the processors.

import { peer, type HotRow } from "../hot/hot-summary.ts";
import { fixed, table } from "./table.ts";

/** All of it. */
export function hotTables(rows: readonly HotRow[]): string {
  return [
    table([
      [
        "connections",
        "target",
        "requests/s",
        "p50 ms",
        "p99 ms",
        "max ms",
        "non-2xx",
        "broken",
        "",
      ],
      ...rows.map(valueCells),
    ]),
    `Against ${peer} in the same round (requests/s: more is better; all else: less is better)`,
    table([
      ["connections", "target", "requests/s", "p50", "p99", "CPU/request"],
      ...rows.filter(({ target }) => target !== peer).map(ratioCells),
    ]),
    "CPU microseconds per request",
    table([["connections", "target", "sum", "of which"], ...rows.map(cpuCells)]),
  ].join("\n\n");
}

function valueCells(row: HotRow): string[] {
  return [
    String(row.connections),
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

function ratioCells({ connections, target, againstPeer, failed }: HotRow): string[] {
  const ratios = [againstPeer.requestsPerSecond, againstPeer.p50, againstPeer.p99, againstPeer.cpu];
  return [String(connections), target, ...ratios.map((ratio) => (failed ? "-" : fixed(ratio, 2)))];
}

function cpuCells({ connections, target, cpu, cpuByPart }: HotRow): string[] {
  const parts = Object.entries(cpuByPart).map(([part, value]) => `${part} ${fixed(value, 1)}`);
  return [String(connections), target, fixed(cpu, 1), parts.join(" + ")];
}
