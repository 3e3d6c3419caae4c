// The workers that pools at zero would start first. They have names before they are needed, so that a runtime
// can make ready what is slow about their start. A pool that has a worker, is stopped or is offline prepares
// none, nor does one that is never at zero: what waits costs memory, and is for the cold start alone.
//
// For the same reason there are places for so many pools and no more: they belong to those that started a worker
// most recently, whether they are at zero again or not. So a pool that comes and goes keeps its place, and prepares
// nothing anew for others meanwhile; one that starts a worker without a place takes that of the pool that did so
// longest ago. Places that nobody has earned go to whoever was seen first.

import {
  workersMin,
  type DesiredPool,
  type WorkerPreparation,
  type WorkerRuntime,
} from "@penstock/activation";
import type { WorkerProcessId } from "@penstock/domain";
import { composePreparation, newWorkerId } from "./compose-launch.ts";
import type { ObservedPools, PoolSight } from "./observed-pools.ts";

/** Pools for which something may be made ready: a host that waits has 20 MB. */
const PLACES = 32;

/** What is told to the runtime, and what it was told last. */
export class NextWorkers {
  readonly #runtime: Pick<WorkerRuntime, "prepare">;
  readonly #most: number;
  /** Of the pools that have a place. */
  readonly #next = new Map<string, WorkerPreparation>();
  /** Pools that have a place, who started a worker longest ago first. */
  readonly #places = new Set<string>();
  /** Pools without a place that were wanted at zero when they were looked at, for a place that becomes free. */
  readonly #without = new Set<string>();

  constructor(runtime: Pick<WorkerRuntime, "prepare">, most = PLACES) {
    this.#runtime = runtime;
    this.#most = most;
  }

  /** The name of a pool's next worker of this generation. Each is given once. */
  take(pool: string, generation: string): WorkerProcessId {
    this.#earn(pool);
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
    let changed = this.#lost;
    this.#lost = false;
    const look = (name: string): void => {
      if (this.#look(name, desired.get(name), pools.of(name))) changed = true;
    };
    for (const name of touched) look(name);
    for (const name of this.#without) {
      if (this.#places.size >= this.#most) break;
      look(name);
    }
    if (changed) this.#runtime.prepare([...this.#next.values()]);
  }

  /** What had a place has lost it to another, and the runtime does not know yet. */
  #lost = false;

  #earn(pool: string): void {
    this.#places.delete(pool);
    this.#places.add(pool);
    this.#without.delete(pool);
    const [oldest] = this.#places;
    if (this.#places.size <= this.#most || oldest === undefined) return;
    this.#places.delete(oldest);
    if (this.#next.delete(oldest)) {
      this.#lost = true;
      this.#without.add(oldest);
    }
  }

  /** True when something else is to be made ready for the pool. */
  #look(name: string, desired: DesiredPool | undefined, sight: PoolSight): boolean {
    const generation = neededGeneration(desired, sight);
    // Who serves keeps its place; who is gone, stopped, offline or never at zero does not.
    if (generation === undefined && !serves(desired, sight)) this.#places.delete(name);
    const hasPlace = this.#places.has(name);
    if (!hasPlace && this.#places.size >= this.#most) {
      if (generation === undefined) this.#without.delete(name);
      else this.#without.add(name);
      return this.#next.delete(name);
    }
    this.#without.delete(name);
    if (this.#next.get(name)?.generation === generation) return false;
    if (!desired || generation === undefined) return this.#next.delete(name);
    this.#places.add(name);
    const id = newWorkerId(name);
    this.#next.set(name, composePreparation(desired.pool, { id, generation }));
    return true;
  }
}

/** It has a worker now and would have a next one at zero. */
function serves(desired: DesiredPool | undefined, sight: PoolSight): boolean {
  return !sight.isAtZero && mayRest(desired, sight);
}

function mayRest(desired: DesiredPool | undefined, { offline }: PoolSight): desired is DesiredPool {
  return desired !== undefined && desired.enabled && !offline && workersMin(desired.pool) === 0;
}

/** The generation of which a pool at zero would start a worker; undefined where none is to be prepared. */
function neededGeneration(desired: DesiredPool | undefined, sight: PoolSight): string | undefined {
  return sight.isAtZero && mayRest(desired, sight) ? desired.generation : undefined;
}
