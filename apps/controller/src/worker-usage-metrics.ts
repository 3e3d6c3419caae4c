// What each worker uses, for scrapes: as it was last measured. These are the only series with a worker's name; they
// go with it, so there are three for each that lives.

import type { WorkerUsage } from "@penstock/activation";
import type { Metrics } from "@penstock/process/metrics";

/** A worker, as far as it is shown. */
export interface ShownWorker {
  readonly id: string;
  readonly pool: string;
  /** Undefined until it was measured. */
  readonly usage: WorkerUsage | undefined;
}

/** Begins to export it. `workers` gives those that live. */
export function exportWorkerUsage(metrics: Metrics, workers: () => Iterable<ShownWorker>): void {
  const labels = ["pool", "worker"] as const;
  // The first of them reads for all: a scrape takes the metrics in the order in which they were made.
  const workingSet = metrics.gauge({
    name: "penstock_worker_memory_working_set_bytes",
    help: "Memory of a worker and all that it started that cannot simply be taken back; of an image, that of the application's container.",
    labels,
    collect: () => read(),
  });
  const limit = metrics.gauge({
    name: "penstock_worker_memory_limit_bytes",
    help: "What the working set may be at most: memory.limit of a container, else all of the machine's memory.",
    labels,
  });
  const cpu = metrics.counter({
    name: "penstock_worker_cpu_seconds_total",
    help: "Processor time of a worker and all that it started.",
    labels,
  });
  let shown: string[] = [];
  const read = (): void => {
    for (const worker of shown)
      for (const family of [workingSet, limit, cpu]) family.forget("worker", worker);
    shown = [];
    for (const { id, pool, usage } of workers()) {
      if (!usage) continue;
      const of = { pool, worker: id };
      workingSet.series(of).set(usage.workingSetBytes);
      limit.series(of).set(usage.memoryLimitBytes);
      cpu.series(of).add(usage.cpuSeconds);
      shown.push(id);
    }
  };
}
