// Values for tests: each builder gives a plain example and takes what the test is about.

import type { ApplicationPool } from "@penstock/domain";
import { aPool as poolWithDefaults, type PoolChanges } from "@penstock/testing";
import type { DesiredPool } from "../desired-pool.ts";
import {
  nothingObserved,
  type ObservedPool,
  type ObservedWorker,
  type WorkerExit,
} from "../observed-pool.ts";

export type { PoolChanges };

/** A pool with Penstock's defaults, but 10 requests per worker. */
export const aPool = (changes: PoolChanges = {}): ApplicationPool =>
  poolWithDefaults({ concurrency: 10, ...changes });

/** An enabled pool of generation `g1`. */
export function desire(
  changes: PoolChanges = {},
  facts: Partial<Omit<DesiredPool, "pool">> = {},
): DesiredPool {
  return { pool: aPool(changes), generation: "g1", enabled: true, operatorStarts: 0, ...facts };
}

/** A worker of generation `g1` that is ready and idle since 0. */
export function aWorker(id: string, changes: Partial<ObservedWorker> = {}): ObservedWorker {
  const startedAt = changes.startedAt ?? 0;
  return {
    id,
    pool: "app",
    generation: "g1",
    phase: "ready",
    phaseSince: startedAt,
    startedAt,
    running: 0,
    ...changes,
  };
}

/** The pool `app` with these workers, no load known. */
export function seen(
  workers: readonly ObservedWorker[] = [],
  changes: Partial<ObservedPool> = {},
): ObservedPool {
  return { ...nothingObserved("app"), workers, ...changes };
}

/** An exit that nobody asked for, with code 1. */
export function anExit(at: number, changes: Partial<WorkerExit> = {}): WorkerExit {
  return {
    id: `app-${at}`,
    pool: "app",
    phase: "ready",
    code: 1,
    signal: null,
    outOfMemory: false,
    detail: "TypeError: x is not a function",
    at,
    ...changes,
  };
}
