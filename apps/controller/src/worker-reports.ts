// What workers say about themselves: noted, and where it does not fit what was asked, asked again.

import { isOrphan, leaves } from "@penstock/activation";
import type { WorkerReport } from "@penstock/wire";
import type { ControllerEvents } from "./controller-events.ts";
import type { DemandWatch } from "./demand-watch.ts";
import type { ObservedPools, PoolSight } from "./observed-pools.ts";
import type { ObservedWorkerProcess } from "./observed-worker-process.ts";
import type { WorkerSleep } from "./worker-sleep.ts";

/** What {@link WorkerReports} is made of. */
export interface WorkerReportsParts {
  readonly pools: ObservedPools;
  readonly events: ControllerEvents;
  readonly demand: DemandWatch;
  readonly sleep: WorkerSleep;
  readonly now: () => number;
  /** Has a pool looked at. */
  readonly touch: (pool: string) => void;
}

/** Takes workers' reports. */
export class WorkerReports {
  readonly #parts: WorkerReportsParts;

  constructor(parts: WorkerReportsParts) {
    this.#parts = parts;
  }

  /** A report of a worker; of an orphan, and of one that is not known, it is ignored. */
  take(pool: string, id: string, report: WorkerReport): void {
    const { pools, sleep, touch, now } = this.#parts;
    const sight = pools.of(pool);
    const worker = sight.workers.get(id) ?? sight.launching.get(id);
    if (!worker || isOrphan(worker)) return;
    sight.count(worker.report(report));
    worker.heardAt = now();
    if (report.state === "draining") this.#drains(sight, worker);
    else if (report.state === "resting") sleep.rests(worker, report.rest);
    else this.#works(sight, worker);
    touch(pool);
  }

  #works(sight: PoolSight, worker: ObservedWorkerProcess): void {
    const { demand, sleep, events, now } = this.#parts;
    const { phase, phaseSince } = worker;
    if (phase === "resting") sleep.repeat(worker);
    if (phase !== "starting" && phase !== "resuming") return;
    worker.enter("ready", now());
    demand.satisfied(sight);
    if (phase === "starting") events.workerReady(worker);
    else events.workerResumed(worker, now() - phaseSince);
  }

  /** Where nobody here asked it, a controller before did. */
  #drains(sight: PoolSight, worker: ObservedWorkerProcess): void {
    if (leaves(worker)) return;
    worker.askedFor ??= "manual";
    this.#parts.events.workerLeaves(worker, "draining", "it was asked to before");
    worker.enter("draining", this.#parts.now());
    void this.#parts.demand.listen(sight);
  }
}
