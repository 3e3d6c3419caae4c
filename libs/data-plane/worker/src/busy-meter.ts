// How long a worker had requests in hand, added up over them: two requests for a second are two seconds.

import type { Clock } from "@penstock/foundation";

/** Measures it. */
export class BusyMeter {
  readonly #clock: Clock;
  readonly #running: () => number;
  #since: number;
  #was = 0;
  #totalMs = 0;

  constructor(clock: Clock, running: () => number) {
    this.#clock = clock;
    this.#running = running;
    this.#since = clock.now();
  }

  /** The number of requests in hand changed. Called for each request, twice. */
  changed(): void {
    const now = this.#clock.now();
    this.#totalMs += this.#was * (now - this.#since);
    this.#since = now;
    this.#was = this.#running();
  }

  /** Since the beginning, whole milliseconds. */
  get totalMs(): number {
    this.changed();
    return Math.round(this.#totalMs);
  }
}
