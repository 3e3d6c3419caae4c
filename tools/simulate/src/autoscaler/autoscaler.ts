// What decides the number of workers in a simulation. Each implementation sees the same pool and acts by its
// own rules and in its own rhythm.

/** A worker of the simulated pool. `draining`: takes nothing more, ends when its hands are empty. */
export interface SimulatedWorker {
  readonly id: string;
  readonly phase: "starting" | "ready" | "draining";
  readonly phaseSince: number;
  readonly startedAt: number;
  /** Requests in hand. */
  readonly running: number;
}

/** The simulated pool at one moment. */
export interface PoolView {
  /** Milliseconds from the beginning. */
  readonly now: number;
  readonly waiting: number;
  readonly running: number;
  /** Requests that were answered. */
  readonly finished: number;
  /** The integral of running from the beginning until now, request-milliseconds. */
  readonly busyMs: number;
  /** Oldest first. */
  readonly workers: readonly SimulatedWorker[];
  /** The integral of waiting + running from the beginning until now, request-milliseconds. */
  readonly concurrencyMs: number;
}

/** What an autoscaler does now. */
export interface Decision {
  readonly starts: number;
  /** Ids of workers that shall drain. */
  readonly drains: readonly string[];
  /** When to ask again even if nothing happens. */
  readonly wakeAt: number | undefined;
}

/** The pool that is simulated. */
export interface SimulatedPool {
  /** Requests that a worker has in hand at most. */
  readonly concurrency: number;
  readonly workersMax: number;
  /** From the decision to start a worker until it takes requests, milliseconds. */
  readonly startupMs: number;
}

/** Decides how many workers a pool has. Asked after each change and when its wake falls due. */
export interface Autoscaler {
  decide(view: PoolView): Decision;
}

/** Starts or drains until `wanted` workers serve; whoever has least in hand goes first. */
export function towards(
  wanted: number,
  { workers }: PoolView,
  wakeAt: number | undefined,
): Decision {
  const serving = workers.filter(({ phase }) => phase !== "draining");
  const leaving = serving
    .toSorted((one, other) => one.running - other.running || other.startedAt - one.startedAt)
    .slice(0, Math.max(0, serving.length - wanted));
  return {
    starts: Math.max(0, wanted - serving.length),
    drains: leaving.map(({ id }) => id),
    wakeAt,
  };
}
