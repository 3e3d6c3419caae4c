// Freezes a worker host and everything that it started (its command has a process group and a session of its
// own, and may have started more), by SIGSTOP, and lets them go on by SIGCONT. The host stands still first, so
// that nothing is started any more while the others are looked for.

import { NEVER_SUSPENDED } from "@penstock/domain";
import { hasVariable, signal, treeOf } from "./process-table.ts";

/** A process may fork once more before it is stopped: the tree is looked at until nobody new runs in it. */
const looksMax = 20;

/** Stops `host` and what it started. */
export function freeze(host: number): void {
  signal(-host, "SIGSTOP");
  for (let look = 0; look < looksMax; look++) {
    const running = treeOf(host).filter(
      ({ pid, stopped }) => !stopped && !hasVariable(pid, NEVER_SUSPENDED),
    );
    if (running.length === 0) return;
    for (const { pid } of running) signal(pid, "SIGSTOP");
  }
}

/** Lets them go on, the host first: it has to ask for requests before there is work for the others. */
export function thaw(host: number): void {
  signal(-host, "SIGCONT");
  for (const { pid, stopped } of treeOf(host)) if (stopped) signal(pid, "SIGCONT");
}
