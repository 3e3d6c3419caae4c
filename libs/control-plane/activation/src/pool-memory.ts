// What the controller remembers of a pool from one turn to the next: the fourth thing that goes into a
// decision, and part of what comes out. A plain value: it may be kept, compared, written as JSON. Nothing
// in it is needed to be right after a restart: workers and routing tell where a pool stands, and what is
// lost is patience (a stable window, an idle time, a count of failures begin anew).

import type { DesiredPool } from "./desired-pool.ts";
import { isOrphan, type ObservedPool } from "./observed-pool.ts";
import { restingPace, type Pace } from "./pace.ts";
import { unharmed, type Protection } from "./rapid-fail-protection.ts";
import type { ScalingMemory } from "./scaling-policy.ts";

/** Memory of one pool. */
export interface PoolMemory {
  readonly protection: Protection;
  /** As last seen in the desired pool. */
  readonly operatorStarts: number;
  /** For the day on which the pool is removed and its workers still drain. */
  readonly shutdownTimeLimitMs: number;
  /** Absent while the pool is stopped or offline. */
  readonly scaling?: ScalingMemory;
  /** Listeners were told to refuse what waits; until then their reports may not know it yet. */
  readonly loadStaleUntil?: number;
  /** Absent until something was measured. */
  readonly pace?: Pace;
}

/** What is remembered of a pool that is seen for the first time, or was forgotten while it was at rest. */
export function firstMemory(
  { pool, operatorStarts }: DesiredPool,
  { offline }: ObservedPool,
  now: number,
): PoolMemory {
  return {
    // Offline for an earlier controller: its verdict stands, an operator or the recovery lifts it.
    protection: offline ? { state: "open", since: now, attempt: 1 } : unharmed,
    operatorStarts,
    shutdownTimeLimitMs: pool.processModel.shutdownTimeLimitMs,
  };
}

/**
 * What is kept of a pool that is at rest: how fast it was, so that its next burst starts what it needs. Undefined
 * when that was never measured.
 */
export function restingMemory(memory: PoolMemory): PoolMemory | undefined {
  const pace = memory.pace && restingPace(memory.pace);
  const { operatorStarts, shutdownTimeLimitMs } = memory;
  return pace && { protection: unharmed, operatorStarts, shutdownTimeLimitMs, pace };
}

/** True when a pool is at rest but for what {@link restingMemory} keeps: no worker but an orphan, no demand, no failure that still counts, not offline. */
export function isForgettable(memory: PoolMemory, { workers, offline }: ObservedPool): boolean {
  const { protection, scaling, loadStaleUntil } = memory;
  return (
    workers.every(isOrphan) &&
    !offline &&
    protection.state === "closed" &&
    protection.failures.length === 0 &&
    loadStaleUntil === undefined &&
    (scaling === undefined || scaling.history.current === 0)
  );
}
