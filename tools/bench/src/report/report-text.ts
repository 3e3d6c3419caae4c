// The report that people read: facts, then one section for each measurement. What the columns mean stands in
// docs/bench.md.

import type { BenchResults } from "./bench-results.ts";
import { changesTable } from "./changes-table.ts";
import { coldTable } from "./cold-table.ts";
import { crowdTable } from "./crowd-table.ts";
import { hotTables } from "./hot-tables.ts";
import { fixed } from "@penstock/figures";
import { transferTimes } from "../options.ts";
import { attackTables } from "./attack-tables.ts";
import { idleTables } from "./idle-tables.ts";
import { manyTables } from "./many-tables.ts";
import { streamingTables } from "./streaming-tables.ts";
import { wallsTables } from "./walls-tables.ts";

/** Others that use more than this disturb what is measured, cores. */
const QUIET_CORES = 0.1;

/** The text of a report. */
export function reportText(results: BenchResults): string {
  const { facts, options, hot, cold, containers, walls, changes, crowd } = results;
  const { idleStreams, slowClients, streaming, manyPools } = results;
  const width = Math.max(...Object.keys(facts).map((name) => name.length));
  const factLines = Object.entries(facts).map(([name, fact]) => `${name.padEnd(width)}  ${fact}`);
  const sections = [factLines.join("\n")];
  const { rounds, seconds } = options;
  if (hot) {
    sections.push(
      `HOT PATH: GET / -> 17 bytes of JSON; ${rounds} rounds of ${seconds} s, interleaved; medians`,
      othersUsed(hot.foreignCores),
      hotTables(hot.rows),
    );
  }
  if (cold) {
    const starts = cold.rows[0]?.starts ?? 0;
    sections.push(
      `COLD START: from the start to the last byte of the first answer; ${starts} turns, interleaved`,
      othersUsed(cold.foreignCores),
      coldTable(cold.rows),
    );
  }
  if (containers) {
    const starts = containers.rows[0]?.starts ?? 0;
    sections.push(
      `CONTAINERS: from the start to the last byte of the first answer; ${starts} turns, interleaved`,
      othersUsed(containers.foreignCores),
      coldTable(containers.rows),
    );
  }
  if (walls) {
    sections.push(
      `THE WALLS: listener - nats-server - worker, no HTTP; ${rounds} rounds of ${seconds} s, interleaved; medians`,
      othersUsed(walls.foreignCores),
      wallsTables(walls.rows),
    );
  }
  if (idleStreams) {
    sections.push(
      "IDLE STREAMS: one event each, then silence; one target after the other",
      othersUsed(idleStreams.foreignCores),
      idleTables(idleStreams.rows),
    );
  }
  for (const row of slowClients?.rows ?? []) {
    sections.push(
      `SLOW CLIENTS: ${row.attackers} attackers on one of two pools; others ask each pool 100 times a second`,
      othersUsed(slowClients?.foreignCores ?? NaN),
      attackTables(row),
    );
  }
  if (streaming) {
    sections.push(
      `STREAMING: bodies without end, ${transferTimes * seconds} s each; 2 rounds, interleaved; medians`,
      othersUsed(streaming.foreignCores),
      streamingTables(streaming.rows),
    );
  }
  if (changes)
    sections.push(
      "CHANGES under a constant load of requests that do not wait for each other, half of them POST",
      othersUsed(changes.foreignCores),
      changesTable(changes.rows),
    );
  if (crowd)
    sections.push(
      "FLASH CROWD: all at once at zero; from then until answers came; medians",
      othersUsed(crowd.foreignCores),
      crowdTable(crowd.rows),
    );
  if (manyPools)
    sections.push(
      "MANY POOLS at zero, each with a URL group of its own",
      othersUsed(manyPools.foreignCores),
      manyTables(manyPools.rows),
    );
  return `${sections.join("\n\n")}\n`;
}

function othersUsed(cores: number): string {
  const warning = cores > QUIET_CORES ? ": NOT QUIET, trust ratios at most" : "";
  return `Meanwhile the rest of the machine used ${fixed(cores, 2)} cores${warning}`;
}
