// What is seen of one application pool: its workers, its load, what ended since the last turn. The second
// of the four things that go into a decision. All times stand on one time base, which is the caller's
// choice; only differences have a meaning here.

import type { ExitReason, WorkerProcessId } from "@penstock/domain";

/**
 * Where a worker stands. `starting`: launched, not ready. `ready`: takes requests. `resting`: was asked to
 * take no more until it is frozen; may have some in hand. `suspended`: frozen, or about to be. `resuming`: was
 * asked to take requests again. `draining`: was asked to finish and go, takes no more. `stopping`: was killed,
 * its exit is on its way. `orphaned`: fell silent, was taken out of service for good and left to whoever wants to
 * know why; it serves nobody, and takes room on its host.
 *
 *   starting ──> ready ──> resting ──> suspended      any ──────────────> draining ──> stopping
 *                  ^          │            │          ready, resuming ──> orphaned ──> stopping
 *                  └────── resuming <──────┘
 */
export type WorkerPhase =
  | "starting"
  | "ready"
  | "resting"
  | "suspended"
  | "resuming"
  | "draining"
  | "stopping"
  | "orphaned";

/** A worker process that lives. An action that succeeded shows here in the next turn. */
export interface ObservedWorker {
  readonly id: WorkerProcessId;
  readonly pool: string;
  readonly generation: string;
  readonly phase: WorkerPhase;
  /** When it entered its phase; equal to `startedAt` while it starts. */
  readonly phaseSince: number;
  readonly startedAt: number;
  /** Requests in hand as last reported; 0 before the first report. */
  readonly running: number;
  /** Requests taken since it started, as last reported. */
  readonly taken?: number;
  /** Private memory of it and of all that it started, bytes; absent until it was measured. */
  readonly memoryBytes?: number;
  /**
   * When it was last heard of; later, where the controller could not hear anybody until then. Absent until its
   * first report.
   */
  readonly heardAt?: number;
  /** It was asked to go because it was due (recycling-policy.ts). */
  readonly recycled?: boolean;
  /** True once it was resumed: that it is ready then ends no start. */
  readonly woken?: boolean;
  /** Its last lines of output, for a start that fails. */
  readonly detail?: string;
}

/** Requests of a pool, summed over the listeners. May lag by 50 ms, their reporting interval. */
export interface PoolLoad {
  readonly waiting: number;
  readonly running: number;
}

/** What a pool's workers did since it is watched, gone workers too. Only differences count. */
export interface PoolWork {
  /** Requests that they finished. */
  readonly finished: number;
  /** How long they had requests in hand, added up over them, milliseconds. */
  readonly busyMs: number;
}

/**
 * A worker's end, told in exactly one turn. A launch that failed is told as the exit of a starting worker; who is
 * orphaned, as its exit with `orphaned`, and again when its process ends, by then asked for as `orphan`.
 */
export interface WorkerExit {
  readonly id: WorkerProcessId;
  readonly pool: string;
  /** Where it stood when it ended. */
  readonly phase: WorkerPhase;
  /** The `exitReason` of the last action that asked it to go; undefined when nobody asked. */
  readonly askedFor?: ExitReason;
  readonly code: number | null;
  readonly signal: string | null;
  readonly outOfMemory: boolean;
  /** Its process lives on. */
  readonly orphaned?: boolean;
  /** Its last lines of output, or the text of the failed launch. */
  readonly detail: string;
  readonly at: number;
}

/** A pool as it is. */
export interface ObservedPool {
  readonly pool: string;
  readonly workers: readonly ObservedWorker[];
  /** Undefined until a listener reported. */
  readonly load: PoolLoad | undefined;
  /**
   * The queue's own demand signal: a request arrived and nobody serves. Stays true until a worker is ready,
   * the queue was read and is empty, or its requests were refused.
   */
  readonly arrivedWithoutWorker: boolean;
  /** True while listeners answer AppOffline for this pool: what they were told last, not what should be. */
  readonly offline: boolean;
  readonly exits: readonly WorkerExit[];
  readonly work: PoolWork;
}

/** A pool of which nothing is seen. */
export function nothingObserved(pool: string): ObservedPool {
  return {
    pool,
    workers: [],
    load: undefined,
    arrivedWithoutWorker: false,
    offline: false,
    exits: [],
    work: { finished: 0, busyMs: 0 },
  };
}

/** True for a worker that takes requests or soon will: capacity. One that sleeps or leaves never counts. */
export function serves({ phase }: Pick<ObservedWorker, "phase">): boolean {
  return phase === "starting" || phase === "ready" || phase === "resuming";
}

/** True for a worker that takes nothing until it is resumed. */
export function sleeps({ phase }: Pick<ObservedWorker, "phase">): boolean {
  return phase === "resting" || phase === "suspended";
}

/** True for a worker that was left for a debugger. */
export function isOrphan({ phase }: Pick<ObservedWorker, "phase">): boolean {
  return phase === "orphaned";
}

/** True for a worker that was not asked to go and may still serve. */
export function stays(worker: Pick<ObservedWorker, "phase">): boolean {
  return !leaves(worker) && !isOrphan(worker);
}

/** True for a worker that was asked to go. */
export function leaves({ phase }: Pick<ObservedWorker, "phase">): boolean {
  return phase === "draining" || phase === "stopping";
}
