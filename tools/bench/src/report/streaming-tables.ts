// Streaming as tables: rates and ratios, then who used the processors.

import { fixed, table } from "@penstock/figures";
import type { StreamingRow } from "../streaming/streaming-summary.ts";

const heading = ["direction", "connections", "target"];

/** All of it. */
export function streamingTables(rows: readonly StreamingRow[]): string {
  return [
    table([
      [...heading, "MB/s", "to http-proxy", "to nginx", ""],
      ...rows.map((row) => [
        ...nameCells(row),
        fixed(row.megabytesPerSecond, 0),
        row.failed ? "-" : fixed(row.againstProxy, 2),
        row.failed ? "-" : fixed(row.againstNginx, 2),
        row.failed ? "FAILED" : "",
      ]),
    ]),
    "CPU seconds per GB",
    table([
      [...heading, "sum", "of which"],
      ...rows.map((row) => [...nameCells(row), fixed(row.cpu, 2), cpuText(row)]),
    ]),
  ].join("\n\n");
}

const nameCells = ({ direction, connections, target }: StreamingRow): string[] => [
  direction,
  String(connections),
  target,
];

const cpuText = ({ cpuByPart }: StreamingRow): string =>
  Object.entries(cpuByPart)
    .map(([part, seconds]) => `${part} ${fixed(seconds, 2)}`)
    .join(" + ");
