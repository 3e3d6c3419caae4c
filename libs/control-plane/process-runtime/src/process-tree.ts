// Who belongs to a process: its descendants, and whoever is in a session of one of them.

import type { ProcessFacts } from "./process-facts.ts";

/** A process and everything that it started, directly or not, in a process table; empty when it is not there. */
export function membersOf(root: number, table: ReadonlyMap<number, ProcessFacts>): number[] {
  const members = new Set<number>();
  const add = (pid: number): void => {
    if (!table.has(pid) || members.has(pid)) return;
    members.add(pid);
    for (const [other, { parent, session }] of table)
      if (parent === pid || session === pid) add(other);
  };
  add(root);
  return [...members];
}
