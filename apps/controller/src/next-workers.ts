// The workers that pools at zero would start first. They have names before they are needed, so that a runtime
// can make ready what is slow about their start. A pool that has a worker, is stopped or is offline prepares
// none, nor does one that is never at zero: what waits costs memory, and is for the cold start alone.

import {
  workersMin,
  type DesiredPool,
  type WorkerPreparation,
  type WorkerRuntime,
} from "@penstock/activation";
import type { WorkerProcessId } from "@penstock/domain";
import { composePreparation, newWorkerId } from "./compose-launch.ts";
import type { ObservedPools } from "./observed-pools.ts";

/** What is told to the runtime, and what it was told last. */
export class NextWorkers {
  readonly #runtime: Pick<WorkerRuntime, "prepare">;
  #next = new Map<string, WorkerPreparation>();

  constructor(runtime: Pick<WorkerRuntime, "prepare">) {
    this.#runtime = runtime;
  }

  /** The name of a pool's next worker of this generation. Each is given once. */
  take(pool: string, generation: string): WorkerProcessId {
    const next = this.#next.get(pool);
    if (next?.generation !== generation) return newWorkerId(pool);
    this.#next.delete(pool);
    return next.id;
  }

  /** Tells the runtime what may be needed now, if that is something else than before. */
  refresh(desired: ReadonlyMap<string, DesiredPool>, pools: ObservedPools): void {
    const before = this.#next;
    this.#next = new Map();
    for (const [name, { pool, generation, enabled }] of desired) {
      const { workers, launching, offline } = pools.of(name);
      const isAtZero = workers.size + launching.size === 0;
      if (!isAtZero || !enabled || offline || workersMin(pool) > 0) continue;
      const known = before.get(name);
      const next =
        known?.generation === generation
          ? known
          : composePreparation(pool, { id: newWorkerId(name), generation });
      this.#next.set(name, next);
    }
    const same = [...this.#next].every(([name, next]) => before.get(name) === next);
    if (same && before.size === this.#next.size) return;
    this.#runtime.prepare([...this.#next.values()]);
  }
}
