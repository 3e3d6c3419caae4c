// What one connection may waste. A stream that its client opens and resets costs a message into a queue and
// one that takes it out again, so a connection has a stock of streams that end without an answer: it is refilled
// with time, and a connection that uses it up is closed. nghttp2 counts resets too, but not the ones that a
// client makes the server send ("made you reset"), and this stock counts both.

/** How many streams may end without an answer at once, and how many more per second. */
const STREAM_SHARE = { burst: 200, perSecond: 20 } as const;

/** The stock of one connection. */
export class StreamShare {
  readonly #now: () => number;
  #left: number = STREAM_SHARE.burst;
  #since: number;

  /** `now` is monotonic milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
    this.#since = now();
  }

  /** A stream ended without its answer. False: the connection has used up its share. */
  spend(): boolean {
    const now = this.#now();
    const refill = ((now - this.#since) / 1000) * STREAM_SHARE.perSecond;
    this.#left = Math.min(STREAM_SHARE.burst, this.#left + refill) - 1;
    this.#since = now;
    return this.#left >= 0;
  }
}
