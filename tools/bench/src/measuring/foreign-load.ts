// How much of the machine others used while something was measured. On a shared machine this says whether a
// table can be trusted: a target with many processes suffers more from a busy neighbour than one with few.

import { cpus } from "node:os";
import { descendantsOf, totalCpuTimeOf } from "../processes/process-table.ts";

/** Begins to measure; the returned function ends it with the number of cores that others kept busy, NaN where it is not known. */
export function startForeignMeter(): () => number {
  const before = { at: performance.now(), machine: machineTime(), own: ownTime() };
  return () => {
    const elapsed = (performance.now() - before.at) * 1000;
    const machine = machineTime() - before.machine;
    return Math.max(0, machine - (ownTime() - before.own)) / elapsed;
  };
}

/** Processor time of everything since the machine started, microseconds. */
function machineTime(): number {
  const milliseconds = cpus().map(({ times }) => times.user + times.nice + times.sys + times.irq);
  return milliseconds.reduce((sum, each) => sum + each, 0) * 1000;
}

/** Processor time of this process and of all that it started, those that have ended included, microseconds. */
function ownTime(): number {
  const pids = [process.pid, ...descendantsOf(process.pid).map(({ pid }) => pid)];
  return pids.reduce((sum, pid) => sum + (totalCpuTimeOf(pid) ?? NaN), 0);
}
