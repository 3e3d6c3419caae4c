// When a failed start is told to the listeners: when nobody else will serve what waits.
//
//   what failed                                another serves or starts   told as
//   ----------------------------------------   ------------------------   ----------------------------
//   a start that overstepped its limit         no                         StartupTimeout, with the kill
//   a worker that ended by itself, starting    no                         crash, with its exit
//   either                                     yes                        nothing: requests wait for it
//   a start that we called off                 any                        nothing: nobody wanted it
//
// One report per turn: the requests that wait can be refused only once.

import type { ReportStartFailure } from "./action.ts";
import { describeExit } from "./exit-reason.ts";
import { serves, type ObservedWorker, type WorkerExit } from "./observed-pool.ts";
import type { LimitVerdict } from "./time-limits.ts";

/** The report that this turn owes to the listeners, if any. */
export function startFailure(
  workers: readonly ObservedWorker[],
  limits: LimitVerdict,
  exits: readonly WorkerExit[],
): ReportStartFailure | undefined {
  if (limits.workers.some(serves)) return undefined;
  const late = limits.actions.find(
    (action) => action.kind === "killWorker" && action.exitReason === "startup_timeout",
  );
  if (late) {
    const detail = workers.find(({ id }) => id === late.worker)?.detail ?? "";
    const reason = `${late.worker} was ${late.reason} and nobody else serves`;
    return { kind: "reportStartFailure", pool: late.pool, cause: "StartupTimeout", detail, reason };
  }
  const crash = exits.findLast((exit) => exit.phase === "starting" && exit.askedFor === undefined);
  if (!crash) return undefined;
  const reason = `${describeExit(crash)} before it was ready and nobody else serves`;
  const { pool, detail } = crash;
  return { kind: "reportStartFailure", pool, cause: "crash", detail, reason };
}
