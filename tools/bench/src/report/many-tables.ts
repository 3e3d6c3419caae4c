// Many pools as tables: what is waited for, then what they cost while nothing happens.

import { fixed, table } from "@penstock/figures";
import type { ManyPoolsRow } from "../many-pools/many-summary.ts";

const MIB = 1_048_576;

/** All of it. */
export function manyTables(rows: readonly ManyPoolsRow[]): string {
  return [
    table([
      ["pools", "ready s", "first ms", "max ms", "wrong", "reload ms", "changed", "stop s", ""],
      ...rows.map((row) => [
        String(row.pools),
        fixed(row.readyMs / 1000, 1),
        fixed(row.firstMs, 0),
        fixed(row.firstMaxMs, 0),
        String(row.wrong),
        fixed(row.reloadMs, 0),
        String(row.changes),
        fixed(row.stopMs / 1000, 1),
        row.failed ? "FAILED" : "",
      ]),
    ]),
    "Memory, processor time while nothing happens, and processor time of the reload",
    table([
      ["pools", "part", "RSS MiB", "bytes/pool", "CPU ms/s", "reload CPU ms"],
      ...rows.flatMap(({ pools, parts }) =>
        parts.map((part) => [
          String(pools),
          part.part,
          fixed(part.rss / MIB, 1),
          fixed(part.rssPerPool, 0),
          fixed(part.idleCpu / 1000, 2),
          fixed(part.reloadCpu / 1000, 0),
        ]),
      ),
    ]),
    "A scrape of /metrics",
    table([
      ["pools", "part", "ms", "KiB"],
      ...rows.flatMap(({ pools, scrapes }) =>
        Object.entries(scrapes).map(([part, { milliseconds, bytes }]) => [
          String(pools),
          part,
          fixed(milliseconds, 0),
          fixed(bytes / 1024, 0),
        ]),
      ),
    ]),
  ].join("\n\n");
}
