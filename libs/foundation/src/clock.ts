// Time as a parameter. Decisions take `now`; what must wait takes a Clock, so that tests move time by
// hand instead of sleeping.

/** Cancels a timer. Calling it twice, or after the timer fired, does nothing. */
export type CancelTimer = () => void;

/** Source of time and of timers. Times are milliseconds; only differences of `now()` have a meaning. */
export interface Clock {
  /** Monotonic milliseconds. */
  now(): number;
  /** Calls `run` once, not before `delayMs` milliseconds have passed. Does not keep the process alive. */
  after(delayMs: number, run: () => void): CancelTimer;
}

/** The machine's monotonic clock. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
