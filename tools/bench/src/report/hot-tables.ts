// The hot path as tables: the values, then the ratios, then who used the processors.

import { peer, type HotRow } from "../hot/hot-summary.ts";
import { cpuCells, ratioCells, valueCells } from "./load-cells.ts";
import { table } from "@penstock/figures";

const heading = ["connections", "target"];

/** All of it. */
export function hotTables(rows: readonly HotRow[]): string {
  const values = ["requests/s", "p50 ms", "p99 ms", "max ms", "non-2xx", "broken", ""];
  return [
    table([[...heading, ...values], ...rows.map((row) => [...nameCells(row), ...valueCells(row)])]),
    `Against ${peer} in the same round (requests/s: more is better; all else: less is better)`,
    table([
      [...heading, "requests/s", "p50", "p99", "CPU/request"],
      ...rows
        .filter(({ target }) => target !== peer)
        .map((row) => nameCells(row).concat(ratioCells(row))),
    ]),
    "CPU microseconds per request",
    table([
      [...heading, "sum", "of which"],
      ...rows.map((row) => [...nameCells(row), ...cpuCells(row)]),
    ]),
  ].join("\n\n");
}

const nameCells = ({ connections, target }: HotRow): string[] => [String(connections), target];
