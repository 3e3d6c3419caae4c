// Processor time that the parts of a target use while something happens.

import { cpuTimeOf } from "../processes/process-table.ts";
import type { TargetParts } from "../targets/target.ts";

/** Microseconds by part; a part is absent when a process of it came or went meanwhile, or where nothing is known. */
export type CpuByPart = Readonly<Record<string, number>>;

/** Begins to measure; the returned function ends it. The same processes are read both times. */
export function startCpuMeter(parts: TargetParts): () => CpuByPart {
  const before = readAll(parts);
  return () => {
    const after = readAll(parts);
    const used = Array.from(before, ([part, start]) => [part, (after.get(part) ?? NaN) - start]);
    return Object.fromEntries(
      (used as [string, number][]).filter(([, microseconds]) => microseconds >= 0),
    );
  };
}

function readAll(parts: TargetParts): Map<string, number> {
  const times = Array.from(parts, ([part, pids]): [string, number] => [
    part,
    // One process that is not there makes the sum NaN, and the part absent.
    pids.reduce((sum, pid) => sum + (cpuTimeOf(pid) ?? NaN), 0),
  ]);
  return new Map(times);
}
