// Idle streams as tables: the streams, then who holds them in which memory.

import { fixed, table } from "@penstock/figures";
import type { IdleRow } from "../idle-streams/idle-summary.ts";

const MIB = 1_048_576;

/** All of it. */
export function idleTables(rows: readonly IdleRow[]): string {
  return [
    table([
      ["target", "streams", "reached", "opened in s", "all reached in ms", "bytes/stream", ""],
      ...rows.map((row) => [
        row.target,
        String(row.open),
        String(row.reached),
        fixed(row.openingMs / 1000, 1),
        fixed(row.reachingMs, 0),
        fixed(row.rssPerStream, 0),
        row.failed ? "FAILED" : "",
      ]),
    ]),
    "Memory before and with the streams, and processor time while they are silent",
    table([
      ["target", "part", "RSS before MiB", "RSS MiB", "PSS MiB", "bytes/stream", "CPU ms/s"],
      ...rows.flatMap(({ target, parts }) =>
        parts.map((part) => [
          target,
          part.part,
          fixed(part.rssBefore / MIB, 1),
          fixed(part.rss / MIB, 1),
          fixed(part.pss / MIB, 1),
          fixed(part.rssPerStream, 0),
          fixed(part.idleCpu / 1000, 2),
        ]),
      ),
    ]),
  ].join("\n\n");
}
