// The turn of the controller over a set of pools: `reconcile(desired, observed, memory, now)`. Pools do not
// know each other here, so the set is the caller's: all of them in a sweep, the touched ones in between. What
// they want together is weighed afterwards, where their host has limits (host-share.ts).

import type { Action } from "./action.ts";
import type { DesiredPool } from "./desired-pool.ts";
import { earliest } from "./earliest.ts";
import { nothingObserved, type ObservedPool } from "./observed-pool.ts";
import type { PoolMemory } from "./pool-memory.ts";
import type { PoolSize } from "./pool-size.ts";
import { reconcilePool } from "./reconcile-pool.ts";

/** What the controller remembers between turns, by pool. A pool at rest is not in it. */
export type Memory = ReadonlyMap<string, PoolMemory>;

/** The memory of a controller that has just started. */
export const noMemory: Memory = new Map();

/** The outcome of a turn. */
export interface Plan {
  /** In the order in which they should be taken. */
  readonly actions: readonly Action[];
  /** To be handed back in the next turn; the same value when nothing changed hands. */
  readonly memory: Memory;
  /** Look at these pools again after this long even if nothing happens; undefined: only when something does. */
  readonly wakeInMs: number | undefined;
  /** The same by pool, so that the next turn may take only those that are due. */
  readonly wakes: ReadonlyMap<string, number>;
  /** What the sizes of pools ask for, of those that may serve and are not at rest. */
  readonly sizes: ReadonlyMap<string, PoolSize>;
}

/**
 * Decides what to do about the pools that are in `desired` or in `observed`, and about no other: the memory of
 * the rest goes through untouched. A pool in `observed` alone was removed; it is to be handed in until its
 * last worker is gone. All times, `now` among them, stand on one time base that does not jump.
 */
export function reconcile(
  desired: ReadonlyMap<string, DesiredPool>,
  observed: ReadonlyMap<string, ObservedPool>,
  memory: Memory,
  now: number,
): Plan {
  const actions: Action[] = [];
  const wakes = new Map<string, number>();
  const sizes = new Map<string, PoolSize>();
  const changed = new Map<string, PoolMemory | undefined>();
  let wakeInMs: number | undefined;
  const take = (name: string, seen: ObservedPool): void => {
    const before = memory.get(name);
    const plan = reconcilePool(desired.get(name), seen, before, now);
    actions.push(...plan.actions);
    if (plan.wakeInMs !== undefined) wakes.set(name, plan.wakeInMs);
    if (plan.size) sizes.set(name, plan.size);
    wakeInMs = earliest(wakeInMs, plan.wakeInMs);
    if (plan.memory !== before) changed.set(name, plan.memory);
  };
  for (const name of desired.keys()) take(name, observed.get(name) ?? nothingObserved(name));
  for (const [name, seen] of observed) if (!desired.has(name)) take(name, seen);
  return { actions, memory: withChanges(memory, changed), wakeInMs, wakes, sizes };
}

function withChanges(memory: Memory, changed: ReadonlyMap<string, PoolMemory | undefined>): Memory {
  if (changed.size === 0) return memory;
  const next = new Map(memory);
  for (const [name, remembered] of changed)
    if (remembered) next.set(name, remembered);
    else next.delete(name);
  return next;
}
