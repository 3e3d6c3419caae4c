// What the controller may do about a pool, as data. The shell performs an action and never decides; one
// that fails is simply decided again in the next turn, from what is then seen.

import type { ExitReason, RecycleCause, StartTrigger, WorkerProcessId } from "@penstock/domain";
import type { WorkerExit } from "./observed-pool.ts";

interface PoolAction<Kind extends string> {
  readonly kind: Kind;
  readonly pool: string;
  /** For people: why this, why now. */
  readonly reason: string;
}

/** Launch one more worker of the pool's current generation. */
export interface StartWorker extends PoolAction<"startWorker"> {
  readonly generation: string;
  readonly trigger: StartTrigger;
}

/** Ask a worker to finish what it has in hand and go. */
export interface DrainWorker extends PoolAction<"drainWorker"> {
  readonly worker: WorkerProcessId;
  readonly exitReason: ExitReason;
  /** Why it is replaced; with `exitReason` recycle only. */
  readonly recycling?: RecycleCause;
}

/** Have an idle worker rest, then freeze it: it keeps its memory and costs no processor. */
export interface SuspendWorker extends PoolAction<"suspendWorker"> {
  readonly worker: WorkerProcessId;
}

/** Have a worker that rests or is frozen take requests again. */
export interface ResumeWorker extends PoolAction<"resumeWorker"> {
  readonly worker: WorkerProcessId;
}

/** End a worker at once: it overstepped a time limit. */
export interface KillWorker extends PoolAction<"killWorker"> {
  readonly worker: WorkerProcessId;
  readonly exitReason: ExitReason;
}

/** Take a worker out of service and leave its process alone, for a debugger: another one takes its place. */
export interface OrphanWorker extends PoolAction<"orphanWorker"> {
  readonly worker: WorkerProcessId;
}

/** Have the listeners answer AppOffline. */
export interface TakePoolOffline extends PoolAction<"takePoolOffline"> {
  /** The failure that was one too many, with its last output; absent when only an earlier controller knew it. */
  readonly cause?: WorkerExit;
}

/** Have the listeners queue requests again. */
export type BringPoolOnline = PoolAction<"bringPoolOnline">;

/** Why a start came to nothing: `StartupTimeout` is the reason word that waiting requests get. */
export type StartFailureCause = "StartupTimeout" | "crash";

/**
 * Tell that a start failed and that no other worker serves or starts. With `StartupTimeout` the listeners
 * refuse what waits with that reason; with `crash` it waits on, for the next attempt or for AppOffline.
 */
export interface ReportStartFailure extends PoolAction<"reportStartFailure"> {
  readonly cause: StartFailureCause;
  /** Last lines of the worker's output. */
  readonly detail: string;
}

/** One step towards the desired state. */
export type Action =
  | StartWorker
  | DrainWorker
  | SuspendWorker
  | ResumeWorker
  | KillWorker
  | OrphanWorker
  | TakePoolOffline
  | BringPoolOnline
  | ReportStartFailure;
