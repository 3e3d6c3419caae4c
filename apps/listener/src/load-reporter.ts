// Tells the controller how many requests wait and run per pool: when that changed, at most every 50 ms,
// and all of it every few seconds, so that a lost message does not matter for long.

import type { Clock } from "@penstock/foundation";
import type { PoolQueue } from "@penstock/request-queue";
import type { ListenerLoad, PoolLoad } from "@penstock/wire";

/** Least time between two reports, milliseconds. */
const INTERVAL_MS = 50;
/** Time between complete reports, milliseconds. */
const COMPLETE_MS = 5000;

/** Collects changes and reports them. */
export class LoadReporter {
  readonly #clock: Clock;
  readonly #send: (load: ListenerLoad) => void;
  readonly #allPools: () => Iterable<PoolQueue>;
  #changed = new Set<PoolQueue>();
  #quietUntil = 0;
  #planned = false;

  constructor(
    clock: Clock,
    allPools: () => Iterable<PoolQueue>,
    send: (load: ListenerLoad) => void,
  ) {
    this.#clock = clock;
    this.#allPools = allPools;
    this.#send = send;
    this.#planComplete();
  }

  /** A pool's numbers changed. Called for every request: costs a set insertion, mostly of what is in it. */
  changed(pool: PoolQueue): void {
    this.#changed.add(pool);
    if (this.#planned) return;
    this.#planned = true;
    this.#clock.after(Math.max(0, this.#quietUntil - this.#clock.now()), () => {
      this.#planned = false;
      this.#quietUntil = this.#clock.now() + INTERVAL_MS;
      const pools = Array.from(this.#changed, loadOf);
      this.#changed = new Set();
      this.#send({ complete: false, pools });
    });
  }

  /** Reports everything now: what is not named is at zero. */
  reportAll(): void {
    this.#send({ complete: true, pools: Array.from(this.#allPools(), loadOf).filter(isBusy) });
  }

  #planComplete(): void {
    this.#clock.after(COMPLETE_MS, () => {
      this.reportAll();
      this.#planComplete();
    });
  }
}

function loadOf(pool: PoolQueue): PoolLoad {
  return { pool: pool.name, waiting: pool.waiting.size, running: pool.running.size };
}

function isBusy(load: PoolLoad): boolean {
  return load.waiting > 0 || load.running > 0;
}
