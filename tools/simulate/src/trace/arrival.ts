// One request of a trace.

/** A request, as a pool's queue gets it. */
export interface Arrival {
  /** From the beginning of the trace, milliseconds. */
  readonly atMs: number;
  /** How long a worker has it in hand, milliseconds. */
  readonly serviceMs: number;
}

/** A named series of requests. */
export interface Trace {
  readonly name: string;
  /** What it stands for, in words. */
  readonly about: string;
  /** By time. */
  readonly arrivals: readonly Arrival[];
  /** How long it is watched: at least until its last arrival, milliseconds. */
  readonly lengthMs: number;
}
