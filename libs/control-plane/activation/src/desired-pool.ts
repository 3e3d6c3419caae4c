// What the configuration and the operator want of one application pool: the first of the four things
// that go into a decision.

import type { ApplicationPool } from "@penstock/domain";
import type { ScheduledMoments } from "./daily-schedule.ts";

/** A pool as it should be. */
export interface DesiredPool {
  readonly pool: ApplicationPool;
  /**
   * Names what a worker of this pool runs. A worker of another generation is replaced; going back to an
   * earlier one makes its workers current again.
   */
  readonly generation: string;
  /** False while an operator holds the pool stopped, or `autoStart` was false and nobody started it. */
  readonly enabled: boolean;
  /**
   * How often an operator started this pool. Any value other than the one seen before clears rapid-fail
   * protection: a counter and not a flag, so that a start is neither lost nor obeyed twice.
   */
  readonly operatorStarts: number;
  /** Where `recycling.periodicRestart.schedule` stands now; absent without one. */
  readonly scheduled?: ScheduledMoments;
}

/** Workers that the pool holds without demand. `AlwaysRunning` means at least one. */
export function workersMin({ startMode, processModel }: ApplicationPool): number {
  const always = startMode === "AlwaysRunning" ? 1 : 0;
  return Math.min(processModel.maxProcesses, Math.max(always, processModel.minProcesses));
}
