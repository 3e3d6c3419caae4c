// Since when this controller has been able to hear its workers without a gap. A gap is a connection that was
// broken, or a process that did not run: blocked, stopped, or on a machine that slept. Nobody's silence counts
// before the gap's end: what was said meanwhile may still be on its way.

import type { Clock } from "@penstock/foundation";

/** How often this process notes that it runs, milliseconds. */
const TICK_MS = 1000;

/** More than this between two notes is a gap, milliseconds: timers are a little late on a busy machine. */
const GAP_MS = 2000;

/** What an {@link Attention} looks at. */
export interface AttentionParts {
  readonly clock: Clock;
  readonly now: () => number;
  /** Whether the connection to the broker stands. */
  readonly connected: () => boolean;
}

/** Notes that the controller listens. */
export class Attention implements Disposable {
  readonly #parts: AttentionParts;
  #since: number;
  #noted: number;
  #stopped = false;

  constructor(parts: AttentionParts) {
    this.#parts = parts;
    this.#since = this.#noted = parts.now();
    this.#plan();
  }

  /** Since when, as of now. */
  get since(): number {
    this.#note();
    return this.#since;
  }

  [Symbol.dispose](): void {
    this.#stopped = true;
  }

  #plan(): void {
    this.#parts.clock.after(TICK_MS, () => {
      if (this.#stopped) return;
      this.#note();
      this.#plan();
    });
  }

  #note(): void {
    const now = this.#parts.now();
    if (now - this.#noted > GAP_MS || !this.#parts.connected()) this.#since = now;
    this.#noted = now;
  }
}
