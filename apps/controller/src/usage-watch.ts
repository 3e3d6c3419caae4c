// What workers use, as the runtime measures it. One look after the other: looking takes turns with everything
// else, and an engine that is slow is asked less often.

import { sleeps, type WorkerRuntime } from "@penstock/activation";
import type { CancelTimer, Clock } from "@penstock/foundation";
import type { ObservedPools } from "./observed-pools.ts";
import type { ObservedWorkerProcess } from "./observed-worker-process.ts";

/** Time between two looks, milliseconds. */
const LOOK_MS = 5000;

/** What a {@link UsageWatch} is made of. */
export interface UsageWatchParts {
  readonly pools: ObservedPools;
  readonly runtime: Pick<WorkerRuntime, "measure">;
  readonly clock: Clock;
  /** Whether a pool's workers are replaced by what they hold. */
  readonly limited: (pool: string) => boolean;
  /** Has a pool looked at. */
  readonly touch: (pool: string) => void;
  readonly failed: (what: string, cause: unknown) => void;
}

/** Measures workers until it is disposed. */
export class UsageWatch implements Disposable {
  readonly #parts: UsageWatchParts;
  #cancel: CancelTimer = () => {};
  #stopped = false;
  /** The look before failed: told once, until one succeeds. */
  #failing = false;

  constructor(parts: UsageWatchParts) {
    this.#parts = parts;
    this.#plan();
  }

  [Symbol.dispose](): void {
    this.#stopped = true;
    this.#cancel();
  }

  /** Measures every worker, once; what it learnt before stands where nothing can be learnt. Rejects when the runtime cannot be reached. */
  async look(): Promise<void> {
    const { pools, runtime, limited, touch } = this.#parts;
    const due = new Map(
      pools
        .workers()
        .filter(isDue)
        .map((worker) => [worker.id, worker]),
    );
    if (due.size === 0) return;
    for (const [id, usage] of await runtime.measure([...due.keys()])) {
      const worker = due.get(id);
      if (!worker) continue;
      worker.measured(usage);
      if (limited(worker.pool)) touch(worker.pool);
    }
  }

  #plan(): void {
    this.#cancel = this.#parts.clock.after(LOOK_MS, () => {
      this.look()
        .then(
          () => (this.#failing = false),
          (thrown: unknown) => this.#failed(thrown),
        )
        .finally(() => this.#stopped || this.#plan());
    });
  }

  #failed(thrown: unknown): void {
    if (!this.#failing && !this.#stopped) this.#parts.failed("measuring workers", thrown);
    this.#failing = true;
  }
}

/** One that is frozen uses what it used: it is measured if it never was. */
function isDue(worker: ObservedWorkerProcess): boolean {
  return !sleeps(worker) || worker.usage === undefined;
}
