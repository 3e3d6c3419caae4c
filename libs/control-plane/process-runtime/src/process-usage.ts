// What workers and all that they started use, from /proc: one look at the table for all of them, which does not
// hold up whoever else has something to do.

import { readdir, readFile } from "node:fs/promises";
import { totalmem } from "node:os";
import type { WorkerUsage } from "@penstock/activation";
import { parseProcessFacts, type ProcessFacts } from "./process-facts.ts";
import { membersOf } from "./process-tree.ts";

/** In what Linux tells processor time: USER_HZ, the same on every machine that Node.js runs on. */
const TICKS_PER_SECOND = 100;

/** Files of /proc that are read at one time. */
const READS_AT_ONCE = 32;

/** Measures the trees of these processes, by name. One that is gone is missing; all are where there is no /proc. */
export async function usageOf(
  roots: ReadonlyMap<string, number>,
): Promise<ReadonlyMap<string, WorkerUsage>> {
  const usages = new Map<string, WorkerUsage>();
  if (roots.size === 0) return usages;
  const table = await readTable();
  for (const [name, root] of roots) {
    const members = membersOf(root, table);
    if (members.length === 0) continue;
    const memory = await Promise.all(
      members.map(async (pid) => memoryOf(await read(pid, "status"))),
    );
    const ticks = members.reduce((sum, pid) => sum + (table.get(pid)?.cpuTicks ?? 0), 0);
    const workingSetBytes = memory.reduce((sum, { resident }) => sum + resident, 0);
    usages.set(name, {
      privateBytes: memory.reduce((sum, { swapped }) => sum + swapped, workingSetBytes),
      workingSetBytes,
      memoryLimitBytes: totalmem(),
      cpuSeconds: ticks / TICKS_PER_SECOND,
    });
  }
  return usages;
}

async function readTable(): Promise<Map<number, ProcessFacts>> {
  const table = new Map<number, ProcessFacts>();
  const names = await readdir("/proc").catch((): string[] => []);
  const left = names.map(Number).filter(Number.isSafeInteger);
  while (left.length > 0) {
    const pids = left.splice(0, READS_AT_ONCE);
    const texts = await Promise.all(pids.map((pid) => read(pid, "stat")));
    for (const [index, pid] of pids.entries()) {
      const facts = parseProcessFacts(texts[index] ?? "");
      if (facts && !facts.ended) table.set(pid, facts);
    }
  }
  return table;
}

function read(pid: number, file: "stat" | "status"): Promise<string> {
  return readFile(`/proc/${pid}/${file}`, "latin1").catch(() => "");
}

/** Pages that are this process' alone, bytes. */
function memoryOf(status: string): { readonly resident: number; readonly swapped: number } {
  const bytes = (key: string): number =>
    1024 * Number(new RegExp(`^${key}:\\s+(\\d+) kB$`, "m").exec(status)?.[1] ?? 0);
  return { resident: bytes("RssAnon"), swapped: bytes("VmSwap") };
}
