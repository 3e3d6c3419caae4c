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
import type { ObservedPools, PoolSight } from "./observed-pools.ts";

/** What is told to the runtime, and what it was told last. */
export class NextWorkers {
  readonly #runtime: Pick<WorkerRuntime, "prepare">;
  readonly #next = new Map<string, WorkerPreparation>();

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

  /** Looks at pools that may have changed; tells the runtime what may be needed now, if that is something else. */
  refresh(
    touched: Iterable<string>,
    desired: ReadonlyMap<string, DesiredPool>,
    pools: ObservedPools,
  ): void {
    let changed = false;
    for (const name of touched) {
      const known = this.#next.get(name);
      const generation = neededGeneration(desired.get(name), pools.of(name));
      if (known?.generation === generation) continue;
      changed = true;
      const { pool } = desired.get(name) ?? {};
      if (pool && generation !== undefined)
        this.#next.set(name, composePreparation(pool, { id: newWorkerId(name), generation }));
      else this.#next.delete(name);
    }
    if (changed) this.#runtime.prepare([...this.#next.values()]);
  }
}

/** The generation of which a pool at zero would start a worker; undefined where none is to be prepared. */
function neededGeneration(
  desired: DesiredPool | undefined,
  { isAtZero, offline }: PoolSight,
): string | undefined {
  if (!desired?.enabled || !isAtZero || offline || workersMin(desired.pool) > 0) return undefined;
  return desired.generation;
}
