// The processes of this machine as /proc tells them. On a system without /proc the table is empty.

import { readdir, readFile } from "node:fs/promises";

/** One process. */
export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** It ended, and its parent did not take notice yet: it does nothing any more. */
  readonly zombie: boolean;
}

/** All processes that can be seen. One that ends meanwhile may be missing. */
export async function readProcessTable(): Promise<ProcessEntry[]> {
  const names = await readdir("/proc").catch(() => []);
  const entries = await Promise.all(names.filter((name) => /^\d+$/.test(name)).map(readEntry));
  return entries.filter((entry) => entry !== undefined);
}

/** The name of a program may hold blanks and brackets; the fields after it hold none. */
async function readEntry(name: string): Promise<ProcessEntry | undefined> {
  const stat = await readFile(`/proc/${name}/stat`, "latin1").catch(() => "");
  const [state, parent, group] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  if (parent === undefined || group === undefined) return undefined;
  return {
    pid: Number(name),
    parent: Number(parent),
    group: Number(group),
    zombie: state === "Z" || state === "X",
  };
}
