// The state of everything in one value: what `penstock status` shows and the admin API answers.

import {
  isOrphan,
  serves,
  sleeps,
  type CanaryRuling,
  type DesiredPool,
  type OfflineVerdict,
  type ShortPool,
} from "@penstock/activation";
import type { ConfigurationStanding } from "./configuration/configuration-reload.ts";
import { poolState } from "./controller-metrics.ts";
import type { Held } from "./pool-standings.ts";
import { versionStatus } from "./versions/version-status.ts";
import type { ObservedPools } from "./observed-pools.ts";
import type { QueueGauges } from "./queue-gauges.ts";

/** One worker. */
export interface WorkerStatus {
  readonly id: string;
  readonly pool: string;
  /** What it runs: another one than its pool's is about to be replaced. */
  readonly generation: string;
  readonly state: string;
  readonly pid?: number;
  readonly running: number;
  readonly taken: number;
  readonly startedAt: string;
  /** Of one that is left for a debugger: since when, and why. */
  readonly orphan?: { readonly since: string; readonly reason: string };
}

/** One pool. */
export interface PoolStatus {
  readonly name: string;
  readonly state: string;
  readonly generation: string;
  readonly urls: readonly string[];
  readonly workers: {
    readonly ready: number;
    /** Launched and not ready yet, or just woken. */
    readonly starting: number;
    /** Frozen, or about to be. */
    readonly suspended: number;
    /** Out of service for good, left for a debugger. */
    readonly orphaned: number;
    readonly max: number;
    /** As many as an operator has it hold at least; absent while nobody has. */
    readonly held?: number;
    /** When that ends by itself; absent while it does not. */
    readonly heldUntil?: string;
  };
  readonly slots: { readonly busy: number; readonly total: number };
  readonly queue: { readonly waiting: number; readonly limit: number; readonly oldestMs: number };
  /** How the last worker that nobody had asked to go ended: its last lines of output. */
  readonly lastFailure?: string;
  /** While the host has no room for the workers that it wants. */
  readonly short?: { readonly since: string; readonly reason: string };
  /** Of two versions: which this is, its share of the pool's requests in percent, and by what clients stay. */
  readonly version?: {
    readonly of: string;
    readonly runs: "stable" | "canary";
    readonly share: number;
    readonly sticky?: string;
  };
  /** What an operator decided about its canary, and what the file should say now. */
  readonly ruling?: { readonly verdict: string; readonly notice: string };
  /** While rapid-fail protection holds the pool offline. `detail`: last lines of the worker that was one too many. */
  readonly offline?: { readonly since: string; readonly reason: string; readonly detail: string };
}

/** Everything. */
export interface StatusReport {
  readonly version: string;
  readonly configuration: ConfigurationStanding;
  readonly pools: readonly PoolStatus[];
  readonly workers: readonly WorkerStatus[];
}

/** What a report is made of. */
export interface StatusReportParts {
  readonly version: string;
  readonly configuration: ConfigurationStanding;
  readonly desired: ReadonlyMap<string, DesiredPool>;
  readonly rulingOn: (pool: string) => CanaryRuling | undefined;
  readonly pools: ObservedPools;
  readonly queues: Pick<QueueGauges, "of">;
  /** True of a pool that is not configured any more and is being seen off. */
  readonly isRetiring: (pool: string) => boolean;
  /** How many workers an operator has a pool hold. */
  readonly heldBy: (pool: string) => Held | undefined;
  /** Why a pool has fewer workers than it wants. */
  readonly shortOf: (pool: string) => ShortPool | undefined;
}

/** Puts the report together. */
export function statusReport(parts: StatusReportParts): StatusReport {
  const { version, configuration, desired, rulingOn, pools, queues } = parts;
  const { isRetiring, shortOf, heldBy } = parts;
  const workers: WorkerStatus[] = [];
  const statuses: PoolStatus[] = [];
  for (const { pool, enabled, generation } of desired.values()) {
    const sight = pools.of(pool.name);
    const views = [...sight.workers.values(), ...sight.launching.values()];
    for (const worker of views) {
      const { id, phase, pid, running, taken, startedAt, orphan } = worker;
      workers.push({
        id,
        pool: pool.name,
        generation: worker.generation,
        state: phase,
        ...(pid !== undefined && { pid }),
        running,
        taken,
        startedAt: new Date(startedAt).toISOString(),
        ...(orphan && { orphan: { ...orphan, since: new Date(orphan.since).toISOString() } }),
      });
    }
    const ready = views.filter((worker) => worker.phase === "ready").length;
    const starting = views.filter(serves).length - ready;
    const suspended = views.filter(sleeps).length;
    const orphaned = views.filter(isOrphan).length;
    const depth = queues.of(pool.name);
    const exit = sight.lastExit;
    const short = shortOf(pool.name);
    const held = heldBy(pool.name);
    statuses.push({
      name: pool.name,
      state: isRetiring(pool.name) ? "removed" : poolState(enabled, sight.offline, ready, starting),
      generation,
      urls: pool.urls,
      workers: {
        ready,
        starting,
        suspended,
        orphaned,
        max: pool.processModel.maxProcesses,
        ...(held && { held: held.workers }),
        ...(held?.until !== undefined && { heldUntil: new Date(held.until).toISOString() }),
      },
      slots: {
        busy: views.reduce((sum, worker) => sum + worker.running, 0),
        total: ready * pool.concurrency,
      },
      queue: { waiting: depth.messages, limit: pool.queueLength, oldestMs: depth.oldestAgeMs },
      ...versionStatus(pool.name, desired, rulingOn),
      ...(exit && exit.askedFor === undefined && { lastFailure: exit.detail }),
      ...(short && { short: { ...short, since: new Date(short.since).toISOString() } }),
      ...(sight.verdict && { offline: shown(sight.verdict) }),
    });
  }
  return { version, configuration, pools: statuses, workers };
}

function shown({ since, reason, detail }: OfflineVerdict): NonNullable<PoolStatus["offline"]> {
  return { since: new Date(since).toISOString(), reason, detail };
}
