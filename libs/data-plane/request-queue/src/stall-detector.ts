// Tells whether this process could have been standing still while a delivery lay in its socket: then the
// listener may have given it up meanwhile, and sent the request out again, and it must be asked first.

import type { Clock } from "@penstock/foundation";
import { CLAIM_WAIT_MS, STALL_LIMIT_MS } from "./limits.ts";

const TICK_MS = 100;

/** Watches the event loop by a short timer. */
export class StallDetector {
  readonly #clock: Clock;
  #lastTick: number;
  #suspectUntil = 0;
  #stopped = false;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#lastTick = clock.now();
    this.#plan();
  }

  /** True when what arrives now may have been delivered long ago. */
  get stalled(): boolean {
    const now = this.#clock.now();
    return now < this.#suspectUntil || now - this.#lastTick > STALL_LIMIT_MS;
  }

  /** Nothing can have been delivered before now. */
  restart(): void {
    this.#lastTick = this.#clock.now();
    this.#suspectUntil = 0;
  }

  stop(): void {
    this.#stopped = true;
  }

  #plan(): void {
    this.#clock.after(TICK_MS, () => {
      if (this.#stopped) return;
      const now = this.#clock.now();
      if (now - this.#lastTick > STALL_LIMIT_MS) this.#suspectUntil = now + CLAIM_WAIT_MS;
      this.#lastTick = now;
      this.#plan();
    });
  }
}
