// Why a worker ended, and whether that counts against its pool. What we asked for wins over how it went:
// a worker that was told to go and died on the way is gone for the reason for which it was told.
//
//   asked for          memory limit   reason             counts as failure
//   -----------------  ------------   ----------------   ---------------------------------
//   nothing            yes            oom                yes
//   nothing            no             crash              yes, exit code 0 too: nobody asked
//   startup_timeout    any            startup_timeout    yes
//   ping_failure       any            ping_failure       yes
//   shutdown_timeout   any            shutdown_timeout   no: it served well, it went badly
//   orphan             any            orphan             no: that was counted when it was orphaned
//   anything else      any            as asked           no

import type { ExitReason } from "@penstock/domain";
import type { WorkerExit } from "./observed-pool.ts";

/** The reason for which a worker ended: the label of penstock_worker_exits_total. */
export function exitReasonOf({ askedFor, outOfMemory }: WorkerExit): ExitReason {
  return askedFor ?? (outOfMemory ? "oom" : "crash");
}

const failures: ReadonlySet<ExitReason> = new Set([
  "crash",
  "oom",
  "ping_failure",
  "startup_timeout",
]);

/** True when rapid-fail protection counts this end. */
export function isFailure(reason: ExitReason): boolean {
  return failures.has(reason);
}

/** One line on how a worker ended, for reasons and logs. */
export function describeExit(exit: WorkerExit): string {
  if (exit.orphaned) return `${exit.id} did not answer and was left for a debugger`;
  if (exit.outOfMemory) return `${exit.id} ran out of memory`;
  if (exit.signal !== null) return `${exit.id} was ended by ${exit.signal}`;
  if (exit.code === 0 && exit.askedFor === undefined)
    return `${exit.id} exited with code 0, though nobody asked it to`;
  if (exit.code !== null) return `${exit.id} exited with code ${exit.code}`;
  return `${exit.id} ended`;
}

/**
 * The kind of a failure, for whoever may not see more: no name, no path, no output. Reads on after
 * "its workers …".
 */
export function failureKind(exit: WorkerExit): string {
  const reason = exitReasonOf(exit);
  if (reason === "oom") return "run out of memory";
  if (reason === "ping_failure") return "do not answer their pings";
  if (reason === "startup_timeout") return "do not become ready in time";
  return exit.phase === "starting" ? "end before they are ready" : "end unexpectedly";
}
