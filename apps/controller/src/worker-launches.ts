// Launches of workers: credentials are minted, the runtime is asked, and what comes of it is seen in the
// next turn. While one is under way it counts as a starting worker.

import type { StartWorker, WorkerRuntime } from "@penstock/activation";
import type { ApplicationPool } from "@penstock/domain";
import { describeError } from "@penstock/foundation";
import { composeLaunch } from "./compose-launch.ts";
import type { ControllerEvents } from "./controller-events.ts";
import type { NextWorkers } from "./next-workers.ts";
import type { ObservedPools } from "./observed-pools.ts";
import { ObservedWorkerProcess, type WorkerExited } from "./observed-worker-process.ts";
import type { WorkerExits } from "./worker-exits.ts";
import type { WorkerIdentities } from "./worker-identities.ts";
import type { WorkerOrders } from "./worker-orders.ts";

/** What {@link WorkerLaunches} is made of. */
export interface WorkerLaunchesParts {
  readonly pools: ObservedPools;
  readonly runtime: WorkerRuntime;
  readonly identities: Pick<WorkerIdentities, "issue">;
  readonly events: ControllerEvents;
  readonly orders: WorkerOrders;
  readonly exits: WorkerExits;
  readonly next: NextWorkers;
  readonly now: () => number;
  /** Where workers find the broker. */
  readonly natsUrl: string;
  /** Has a pool looked at. */
  readonly touch: (pool: string) => void;
  /** Takes the end of a worker that ended before its launch had come back. */
  readonly exited: (event: WorkerExited) => void;
}

/** Launches workers. */
export class WorkerLaunches {
  readonly #parts: WorkerLaunchesParts;

  constructor(parts: WorkerLaunchesParts) {
    this.#parts = parts;
  }

  /** Resolves when the worker's process exists, or the failure was noted as its exit. */
  async launch(
    pool: ApplicationPool,
    { generation, trigger }: Pick<StartWorker, "generation" | "trigger">,
  ): Promise<void> {
    const { pools, runtime, events, orders, touch, now } = this.#parts;
    const sight = pools.of(pool.name);
    const id = this.#parts.next.take(pool.name, generation);
    const found = { id, pool: pool.name, generation, startedAt: now(), suspended: false };
    const worker = new ObservedWorkerProcess(found);
    const cold = sight.isAtZero;
    sight.launching.set(id, worker);
    try {
      const natsCredentials = this.#parts.identities.issue(pool.name, id);
      const { natsUrl } = this.#parts;
      const launch = composeLaunch(pool, { id, generation, natsUrl, natsCredentials });
      const { pid, pulledMs } = await runtime.launch(launch);
      worker.pid = pid;
      sight.workers.set(id, worker);
      events.workerStarted(worker, { trigger, cold, ...(pulledMs !== undefined && { pulledMs }) });
      if (worker.endedEarly) this.#parts.exited(worker.endedEarly);
    } catch (thrown) {
      this.#failed(worker, describeError(thrown));
    } finally {
      sight.launching.delete(id);
      touch(pool.name);
    }
    await orders.repeat(worker);
  }

  #failed({ id, pool }: ObservedWorkerProcess, detail: string): void {
    const how = { code: null, signal: null, outOfMemory: false };
    this.#parts.exits.note({ id, pool, phase: "starting", ...how, detail, at: this.#parts.now() });
  }
}
