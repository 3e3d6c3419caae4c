// The pools that have workers, or want some, kept from turn to turn, so that a turn looks at those that changed
// and at nobody who is at rest. Where the host has no limits nothing is kept and every plan holds as it is.

import type { HostLimits } from "@penstock/domain";
import type { Action, StartWorker } from "./action.ts";
import type { DesiredPool } from "./desired-pool.ts";
import type { HostClaim } from "./host-claim.ts";
import { HostRoom } from "./host-room.ts";
import { shareHost } from "./host-share.ts";
import { stays, type ObservedPool } from "./observed-pool.ts";
import type { Plan } from "./reconcile.ts";

/** What a worker is taken to need before one of its pool was measured, bytes: a small Node process. */
export const assumedWorkerBytes = 64 * 1024 ** 2;

/** While a pool waits for room, this often it is looked whether somebody has come to rest, milliseconds. */
const lookAgainMs = 1000;

/** A pool that wants more workers than its host has room for. */
export interface ShortPool {
  readonly since: number;
  /** For people. */
  readonly reason: string;
}

/** What a turn saw and decided, of the pools that it touched. */
export interface Turn {
  readonly desired: ReadonlyMap<string, DesiredPool>;
  readonly observed: ReadonlyMap<string, ObservedPool>;
  readonly plan: Pick<Plan, "actions" | "sizes">;
}

/** What the host allows. */
export interface HostPlan {
  /** In the order in which they should be taken. */
  readonly actions: readonly Action[];
  /** Pools to be looked at in the next turn: what was decided about them shows then. */
  readonly again: readonly string[];
  /** Pools that have begun to wait for room. */
  readonly becameShort: readonly string[];
  /** Share out again after this long even if nothing happens. */
  readonly wakeInMs: number | undefined;
}

/** Keeps claims, and shares the host out among them. */
export class HostLedger {
  readonly #claims = new Map<string, HostClaim>();
  /** The largest worker of a pool when it was measured last. */
  readonly #measured = new Map<string, number>();
  #short = new Map<string, ShortPool>();

  /** Pools that wait for room. */
  get short(): ReadonlyMap<string, ShortPool> {
    return this.#short;
  }

  /** To be called in each turn. After limits have changed, every pool is to be handed in once. */
  share(limits: HostLimits, turn: Turn, now: number): HostPlan {
    const { actions } = turn.plan;
    if (limits.maxWorkers === 0 && limits.memoryBytes === 0) {
      this.#claims.clear();
      this.#short = new Map();
      return { actions, again: [], becameShort: [], wakeInMs: undefined };
    }
    const wanted = startsByPool(actions);
    for (const [name, observed] of turn.observed)
      this.#note(turn, observed, wanted.get(name) ?? []);
    const claims = [...this.#claims.values()];
    const idle = wanted.size === 0 && this.#short.size === 0;
    if (idle && !HostRoom.of(claims, limits).isOver)
      return { actions, again: poolsOf(actions), becameShort: [], wakeInMs: undefined };
    const { starts, ends, short } = shareHost(claims, limits, now);
    const others = actions.filter(({ kind }) => kind !== "startWorker");
    // Who is asked to go for a reason of its own is not asked twice.
    const leaving = new Set(others.map((action) => "worker" in action && action.worker));
    const allowed = [...others, ...ends.filter(({ worker }) => !leaving.has(worker)), ...starts];
    return {
      actions: allowed,
      again: poolsOf(allowed),
      becameShort: this.#noteShort(short, now),
      wakeInMs: short.size > 0 ? lookAgainMs : undefined,
    };
  }

  #note({ desired, plan }: Turn, observed: ObservedPool, starts: readonly StartWorker[]): void {
    const { pool, workers, load, arrivedWithoutWorker } = observed;
    if (workers.length === 0 && starts.length === 0) {
      this.#claims.delete(pool);
      return;
    }
    // Who has just given up its last worker waits from now on, not since it wanted a second one.
    if (isInhabited(this.#claims.get(pool)) && !isInhabited(observed)) this.#short.delete(pool);
    const size = plan.sizes.get(pool);
    const limitBytes = desired.get(pool)?.pool.limits.memoryBytes ?? 0;
    const shortSince = this.#short.get(pool)?.since;
    this.#claims.set(pool, {
      pool,
      workers,
      starts,
      wanted: size?.wanted ?? 0,
      replaceable: size?.replaceable ?? [],
      // The signal of the queue is for as long as no listener has spoken: it outlives requests that gave up.
      waiting: load?.waiting ?? (arrivedWithoutWorker ? 1 : 0),
      limitBytes,
      workerBytes: limitBytes > 0 ? limitBytes : this.#expectedBytes(observed),
      ...(shortSince !== undefined && { shortSince }),
      ...(size?.idleSince !== undefined && { idleSince: size.idleSince }),
    });
  }

  #expectedBytes({ pool, workers }: ObservedPool): number {
    let largest = 0;
    for (const { memoryBytes = 0 } of workers) largest = Math.max(largest, memoryBytes);
    if (largest > 0) this.#measured.set(pool, largest);
    return this.#measured.get(pool) ?? assumedWorkerBytes;
  }

  #noteShort(short: ReadonlyMap<string, string>, now: number): readonly string[] {
    const before = this.#short;
    this.#short = new Map(
      Array.from(short, ([pool, reason]) => [
        pool,
        { since: before.get(pool)?.since ?? now, reason },
      ]),
    );
    for (const [pool, { since }] of this.#short) {
      const claim = this.#claims.get(pool);
      if (claim) this.#claims.set(pool, { ...claim, shortSince: since });
    }
    return [...short.keys()].filter((pool) => !before.has(pool));
  }
}

/** Somebody lives there who stays. */
function isInhabited(pool: Pick<HostClaim, "workers"> | undefined): boolean {
  return pool?.workers.some(stays) ?? false;
}

function poolsOf(actions: readonly Action[]): readonly string[] {
  return [...new Set(actions.map(({ pool }) => pool))];
}

function startsByPool(actions: readonly Action[]): ReadonlyMap<string, readonly StartWorker[]> {
  const starts = new Map<string, StartWorker[]>();
  for (const action of actions) {
    if (action.kind !== "startWorker") continue;
    const known = starts.get(action.pool);
    if (known) known.push(action);
    else starts.set(action.pool, [action]);
  }
  return starts;
}
