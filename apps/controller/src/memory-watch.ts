// What workers hold, as the runtime measures it. One look after the other: looking takes turns with everything
// else, and an engine that is slow is asked less often.

import { sleeps, type WorkerRuntime } from "@penstock/activation";
import type { CancelTimer, Clock } from "@penstock/foundation";
import type { ObservedPools } from "./observed-pools.ts";

/** Time between two looks, milliseconds. */
const LOOK_MS = 5000;

/** What a {@link MemoryWatch} is made of. */
export interface MemoryWatchParts {
  readonly pools: ObservedPools;
  readonly runtime: Pick<WorkerRuntime, "memoryOf">;
  readonly clock: Clock;
  /** Whether anybody wants to know: a measurement costs a look at every process, or a call of the engine. */
  readonly wanted: (pool: string) => boolean;
  /** Has a pool looked at. */
  readonly touch: (pool: string) => void;
  readonly failed: (what: string, cause: unknown) => void;
}

/** Measures workers until it is disposed. */
export class MemoryWatch implements Disposable {
  readonly #parts: MemoryWatchParts;
  #cancel: CancelTimer = () => {};
  #stopped = false;

  constructor(parts: MemoryWatchParts) {
    this.#parts = parts;
    this.#plan();
  }

  [Symbol.dispose](): void {
    this.#stopped = true;
    this.#cancel();
  }

  /**
   * Measures every ready worker of pools that have a limit, once, and who sleeps if it never was: one that is
   * frozen holds what it held. Rejects when the runtime cannot be reached.
   */
  async look(): Promise<void> {
    const { pools, runtime, wanted, touch } = this.#parts;
    for (const sight of pools.all()) {
      if (!wanted(sight.name)) continue;
      for (const worker of sight.workers.values()) {
        const unknown = sleeps(worker) && worker.memoryBytes === undefined;
        if (worker.phase !== "ready" && !unknown) continue;
        worker.memoryBytes = (await runtime.memoryOf(worker.id)) ?? worker.memoryBytes;
        touch(sight.name);
      }
    }
  }

  #plan(): void {
    this.#cancel = this.#parts.clock.after(LOOK_MS, () => {
      this.look()
        .catch((thrown: unknown) => this.#parts.failed("measuring workers", thrown))
        .finally(() => this.#stopped || this.#plan());
    });
  }
}
