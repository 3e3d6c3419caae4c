// What workers say about themselves, heard for a while: each speaks every few seconds, asked or not.

import { isOrphan } from "@penstock/activation";
import type { Clock } from "@penstock/foundation";
import type { PoolSignals } from "@penstock/nats-administration";
import type { WorkerReport } from "@penstock/wire";
import type { ObservedPools } from "../observed-pools.ts";
import type { ObservedWorkerProcess } from "../observed-worker-process.ts";

/** What it takes. */
export interface HearWorkers {
  readonly signals: Pick<PoolSignals, "onWorkerReport">;
  readonly pools: ObservedPools;
  readonly clock: Clock;
  readonly now: () => number;
}

/** Notes at each worker what it says of itself. Resolves when all have spoken who can, or after `limitMs`. */
export function hearWorkers(
  { signals, pools, clock, now }: HearWorkers,
  limitMs: number,
): Promise<void> {
  const silent = new Set(pools.workers().filter(speaks));
  if (silent.size === 0) return Promise.resolve();
  return new Promise((resolve) => {
    const cancel = clock.after(limitMs, resolve);
    signals.onWorkerReport((pool, id, report) => {
      const worker = pools.worker(pool, id);
      if (!worker || !speaks(worker)) return;
      take(worker, report, now());
      silent.delete(worker);
      if (silent.size > 0) return;
      cancel();
      resolve();
    });
  });
}

/** Who is frozen says nothing, and an orphan is not believed. */
function speaks(worker: ObservedWorkerProcess): boolean {
  return worker.phase !== "suspended" && !isOrphan(worker);
}

function take(worker: ObservedWorkerProcess, report: WorkerReport, now: number): void {
  worker.report(report);
  worker.heardAt = now;
  worker.enter(report.state, now);
}
