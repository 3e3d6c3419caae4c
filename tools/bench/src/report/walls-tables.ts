// The walls as tables: the values, then the ratios, then who used the processors.

import { openAccount, type WallsRow } from "../walls/walls-summary.ts";
import { cpuCells, ratioCells, valueCells } from "./load-cells.ts";
import { table } from "@penstock/figures";

const loadHeading = ["request", "in flight"];

/** All of it. */
export function wallsTables(rows: readonly WallsRow[]): string {
  const values = ["account", "requests/s", "p50 ms", "p99 ms", "max ms", "wrong", "broken", ""];
  return [
    table([
      [...loadHeading, ...values],
      ...rows.map((row) => [...loadCells(row), row.target, ...valueCells(row)]),
    ]),
    "Walls against the open account in the same round (requests/s: more is better; all else: less is better)",
    table([
      [...loadHeading, "requests/s", "p50", "p99", "CPU/request"],
      ...rows
        .filter(({ target }) => target !== openAccount)
        .map((row) => loadCells(row).concat(ratioCells(row))),
    ]),
    "CPU microseconds per request",
    table([
      [...loadHeading, "account", "sum", "of which"],
      ...rows.map((row) => [...loadCells(row), row.target, ...cpuCells(row)]),
    ]),
  ].join("\n\n");
}

const loadCells = ({ kind, inFlight }: WallsRow): string[] => [kind, String(inFlight)];
