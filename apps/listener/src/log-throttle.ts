// One line a second about the same thing, with how many it stands for: a full queue refuses tens of
// thousands of requests a second, and a log of that size helps nobody. Metrics count each.

/** Least time between two lines about the same, milliseconds. */
const INTERVAL_MS = 1000;

interface Quiet {
  until: number;
  withheld: number;
}

/** Decides which lines are written. Keys are few: a pool and a kind of event. */
export class LogThrottle {
  readonly #now: () => number;
  readonly #quiet = new Map<string, Quiet>();

  /** `now` is monotonic milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** How many events the line stands for; 0 when it is not to be written now. */
  admit(key: string): number {
    const now = this.#now();
    const quiet = this.#quiet.get(key);
    if (!quiet) {
      this.#quiet.set(key, { until: now + INTERVAL_MS, withheld: 0 });
      return 1;
    }
    if (now < quiet.until) {
      quiet.withheld++;
      return 0;
    }
    const count = quiet.withheld + 1;
    quiet.until = now + INTERVAL_MS;
    quiet.withheld = 0;
    return count;
  }
}
