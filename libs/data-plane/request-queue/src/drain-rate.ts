// How fast a queue drains, for an honest Retry-After: claims per second over the last full second or more.

const WINDOW_MS = 1000;
const RETRY_MIN_S = 1;
const RETRY_MAX_S = 60;

/** Counts claims and estimates how long a queue needs to make room. */
export class DrainRate {
  #windowStart = 0;
  #count = 0;
  #perSecond = 0;

  /** One request left the queue. */
  claimed(now: number): void {
    this.#count++;
    const elapsed = now - this.#windowStart;
    if (elapsed < WINDOW_MS) return;
    this.#perSecond = (this.#count * 1000) / elapsed;
    this.#windowStart = now;
    this.#count = 0;
  }

  /** Seconds until `waiting` requests have drained, within 1 to 60. */
  retryAfterSeconds(waiting: number): number {
    if (this.#perSecond <= 0) return RETRY_MIN_S;
    return Math.min(RETRY_MAX_S, Math.max(RETRY_MIN_S, Math.ceil(waiting / this.#perSecond)));
  }
}
