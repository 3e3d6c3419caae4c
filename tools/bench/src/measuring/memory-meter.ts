// Memory of the parts of a target.

import { memoryOf, type ProcessMemory } from "../processes/process-table.ts";
import type { TargetParts } from "../targets/target.ts";

/** Memory by part; a part is absent when a process of it is not there, or where nothing is known. */
export type MemoryByPart = Readonly<Record<string, ProcessMemory>>;

/** Reads it now. */
export function readMemory(parts: TargetParts): MemoryByPart {
  const read = Array.from(parts, ([part, pids]): [string, ProcessMemory] => {
    const all = pids.map((pid) => memoryOf(pid) ?? { rss: NaN, pss: NaN });
    const sum = (value: (memory: ProcessMemory) => number): number =>
      all.reduce((sofar, memory) => sofar + value(memory), 0);
    return [part, { rss: sum(({ rss }) => rss), pss: sum(({ pss }) => pss) }];
  });
  return Object.fromEntries(read.filter(([, { rss }]) => rss > 0));
}
