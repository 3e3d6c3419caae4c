// The average concurrency of the last so many seconds, from samples of one second.

import type { PoolView } from "./autoscaler.ts";

/** Samples of a pool's concurrency. */
export class ConcurrencyWindow {
  readonly #seconds: number;
  /** The integral of concurrency at each whole second, newest last. */
  readonly #sums: number[] = [];

  /** Remembers this many seconds. */
  constructor(seconds: number) {
    this.#seconds = seconds;
  }

  /** Takes a sample. To be called each second. */
  sample({ concurrencyMs }: PoolView): void {
    this.#sums.push(concurrencyMs);
    if (this.#sums.length > this.#seconds + 1) this.#sums.shift();
  }

  /** Forgets everything. */
  clear(): void {
    this.#sums.length = 0;
  }

  /** The average of the last `seconds`, or of those that are known. 0 when none is. */
  average(seconds: number): number {
    const known = Math.min(seconds, this.#sums.length - 1);
    if (known <= 0) return 0;
    const newest = this.#sums.at(-1) ?? 0;
    const oldest = this.#sums.at(-1 - known) ?? 0;
    return (newest - oldest) / (known * 1000);
  }
}
