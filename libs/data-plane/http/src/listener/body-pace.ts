// Whether a client sends its request's body fast enough. A body has time in hand, `entityBody` at most: waiting for
// it uses time up, and every byte that comes earns as much as it takes at `minReceiveRate`. So a byte now and then
// holds a request no longer than silence does, and a client that is fast on average may pause.
//
// Time in which the client is not asked for more does not count: that is the application's, which reads slowly.

/** The limits of a body. */
export interface BodyLimits {
  /** The most time that a body may have in hand; 0 = no limit. */
  readonly entityBodyMs: number;
  /** Bytes a second; 0 = any. */
  readonly minReceiveRate: number;
}

/** A look at a body. */
export interface BodyLook {
  /** More of it is waited for. */
  readonly awaited: boolean;
  /** Bytes of it that came so far. */
  readonly received: number;
}

/** The time of one body. */
export class BodyPace {
  /** Milliseconds; undefined before the first look. */
  #left: number | undefined;
  #lookedAt = 0;
  #awaited = false;
  #received = 0;

  /** Whether no time is left. Monotonic milliseconds. */
  tooSlow(now: number, look: BodyLook, { entityBodyMs, minReceiveRate }: BodyLimits): boolean {
    if (entityBodyMs === 0 || minReceiveRate === 0) {
      this.#left = undefined;
      return false;
    }
    const waited = this.#awaited && look.awaited ? now - this.#lookedAt : 0;
    const earned = ((look.received - this.#received) / minReceiveRate) * 1000;
    const left = this.#left === undefined ? entityBodyMs : this.#left - waited + earned;
    this.#left = Math.min(entityBodyMs, left);
    this.#lookedAt = now;
    this.#awaited = look.awaited;
    this.#received = look.received;
    return look.awaited && this.#left <= 0;
  }
}
