// What living workers are asked to do. Each order is noted at the worker before the runtime is asked, so that
// the next turn sees it, and its exit knows why.

import { isPeriodic, type WorkerPhase, type WorkerRuntime } from "@penstock/activation";
import type { ExitReason, RecycleCause } from "@penstock/domain";
import type { DemandWatch } from "./demand-watch.ts";
import type { ObservedPools } from "./observed-pools.ts";
import type { ObservedWorkerProcess } from "./observed-worker-process.ts";

/** How a worker is asked to leave: to finish and go, or to end at once. */
export type Leaving = Extract<WorkerPhase, "draining" | "stopping">;

/** Who is asked, and why it is replaced, if it is. */
export interface Asked {
  readonly pool: string;
  readonly worker: string;
  readonly recycling?: RecycleCause;
}

/** What {@link WorkerOrders} is made of. */
export interface WorkerOrdersParts {
  readonly pools: ObservedPools;
  readonly runtime: WorkerRuntime;
  readonly demand: DemandWatch;
  readonly now: () => number;
}

/** Asks workers. */
export class WorkerOrders {
  readonly #parts: WorkerOrdersParts;

  constructor(parts: WorkerOrdersParts) {
    this.#parts = parts;
  }

  /** Has a worker leave. One that is still being launched hears of it with {@link repeat}. */
  async leave(
    { pool, worker: id, recycling }: Asked,
    how: Leaving,
    exitReason: ExitReason,
  ): Promise<void> {
    const sight = this.#parts.pools.of(pool);
    const worker = sight.workers.get(id) ?? sight.launching.get(id);
    if (worker) {
      worker.askedFor = exitReason;
      if (isPeriodic(recycling)) worker.recycled = true;
      worker.enter(how, this.#parts.now());
      void this.#parts.demand.listen(sight);
    }
    await this.#ask(id, how);
  }

  /** What was asked of a worker while it was launched did not reach it. */
  async repeat({ id, phase }: ObservedWorkerProcess): Promise<void> {
    if (phase === "draining" || phase === "stopping") await this.#ask(id, phase);
  }

  async #ask(id: string, how: Leaving): Promise<void> {
    const { runtime } = this.#parts;
    if (how === "draining") await runtime.drain(id);
    else await runtime.kill(id);
  }
}
