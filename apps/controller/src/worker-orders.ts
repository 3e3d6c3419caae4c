// What living workers are asked to do. Each order is noted at the worker before the runtime is asked, so that
// the next turn sees it, and its exit knows why. The next turn does not ask again, so an order that the runtime
// could not take is repeated here until it did: else a worker whose kill failed would hold its place for ever.

import { isPeriodic, type WorkerPhase, type WorkerRuntime } from "@penstock/activation";
import type { ExitReason, RecycleCause } from "@penstock/domain";
import type { Clock } from "@penstock/foundation";
import type { DemandWatch } from "./demand-watch.ts";
import type { ObservedPools } from "./observed-pools.ts";
import type { ObservedWorkerProcess } from "./observed-worker-process.ts";

/** How a worker is asked to leave: to finish and go, or to end at once. */
export type Leaving = Extract<WorkerPhase, "draining" | "stopping">;

/** Between two tries of an order that the runtime could not take, milliseconds. */
const RETRY_MS = 1000;

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
  readonly clock: Clock;
  readonly now: () => number;
  /** False while another controller may lead: nobody is asked again then. */
  readonly leads: () => boolean;
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
    await this.#ask({ id, pool }, how);
  }

  /** What was asked of a worker while it was launched did not reach it. */
  async repeat(worker: ObservedWorkerProcess): Promise<void> {
    const { phase } = worker;
    if (phase === "draining" || phase === "stopping") await this.#ask(worker, phase);
  }

  async #ask(worker: Pick<ObservedWorkerProcess, "id" | "pool">, how: Leaving): Promise<void> {
    const { runtime } = this.#parts;
    try {
      if (how === "draining") await runtime.drain(worker.id);
      else await runtime.kill(worker.id);
    } catch (thrown) {
      this.#askAgain(worker, how);
      throw thrown;
    }
  }

  #askAgain(worker: Pick<ObservedWorkerProcess, "id" | "pool">, how: Leaving): void {
    const { clock, pools, leads } = this.#parts;
    clock.after(RETRY_MS, () => {
      if (pools.worker(worker.pool, worker.id)?.phase !== how) return;
      if (!leads()) return this.#askAgain(worker, how);
      // That it failed was told when it was asked first.
      this.#ask(worker, how).catch(() => {});
    });
  }
}
