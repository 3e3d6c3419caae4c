// Ends of workers that no plan decided: an operator's, those of refused credentials, and the last ones, when the
// controller takes its workers with it. An orphan hears nothing: whoever asks it to go ends it.

import { isOrphan, sleeps, type WorkerRuntime } from "@penstock/activation";
import type { ControllerEvents } from "./controller-events.ts";
import type { ObservedPools } from "./observed-pools.ts";
import type { ObservedWorkerProcess } from "./observed-worker-process.ts";
import type { WorkerOrders } from "./worker-orders.ts";

/** How often a stop looks whether all workers have gone, milliseconds. */
const LOOK_MS = 20;

/** What {@link WorkerEnds} are made of. */
export interface WorkerEndsParts {
  readonly pools: ObservedPools;
  readonly runtime: Pick<WorkerRuntime, "kill">;
  readonly orders: WorkerOrders;
  readonly events: ControllerEvents;
  /** Has a pool looked at. */
  readonly touch: (pool: string) => void;
}

/** Ends workers. */
export class WorkerEnds {
  readonly #parts: WorkerEndsParts;

  constructor(parts: WorkerEndsParts) {
    this.#parts = parts;
  }

  /** Asks a worker to finish and go, or ends it at once. False when there is none of this name. */
  async end(id: string, how: "stop" | "kill"): Promise<boolean> {
    const worker = this.#find(id);
    if (!worker) return false;
    const { phase } = worker;
    if (phase === "stopping" || (phase === "draining" && how === "stop")) return true;
    const { events, orders, touch } = this.#parts;
    const leaving = how === "stop" && !isOrphan(worker) ? "draining" : "stopping";
    const exitReason = isOrphan(worker) ? "orphan" : "manual";
    events.workerLeaves(worker, leaving, `its ${how} was asked for`);
    await orders.leave({ pool: worker.pool, worker: id }, leaving, exitReason);
    touch(worker.pool);
    return true;
  }

  /** Ends a worker whose credentials are refused; those of an orphan are, and it is left alone. */
  async endRefused(id: string): Promise<void> {
    const worker = this.#find(id);
    if (worker && !isOrphan(worker)) await this.end(id, "kill");
  }

  /** Whether a worker is frozen, or about to be. */
  isAsleep(id: string): boolean {
    const worker = this.#find(id);
    return worker !== undefined && sleeps(worker);
  }

  /** Ends a worker that sleeps: the next request starts another. */
  async endSleeper(id: string): Promise<void> {
    const worker = this.#find(id);
    if (!worker || !sleeps(worker)) return;
    const { events, orders, touch } = this.#parts;
    events.workerLeaves(worker, "draining", "it slept until its credentials end");
    await orders.leave({ pool: worker.pool, worker: id }, "draining", "idle");
    touch(worker.pool);
  }

  /** Asks every worker to go and resolves when all are gone; kills what is left when `limit` aborts. */
  async endAll(limit: AbortSignal): Promise<void> {
    limit.addEventListener("abort", () => void this.killAllNow());
    // A launch that is under way shows here once it has succeeded.
    while (this.#live().length > 0 || this.#launching()) {
      for (const worker of this.#live()) await this.#seeOff(worker);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  /** For the last moment of a process: ends every worker, and what it started; resolves when all are gone. */
  async killAllNow(): Promise<void> {
    await Promise.allSettled(this.#live().map(({ id }) => this.#parts.runtime.kill(id)));
    while (this.#live().length > 0) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }

  async #seeOff(worker: ObservedWorkerProcess): Promise<void> {
    const { orders, events } = this.#parts;
    const { pool, id, phase, askedFor = "manual" } = worker;
    if (phase === "draining" || phase === "stopping") return;
    if (isOrphan(worker)) events.workerLeaves(worker, "stopping", "its controller stops");
    await orders.leave({ pool, worker: id }, isOrphan(worker) ? "stopping" : "draining", askedFor);
  }

  #find(id: string): ObservedWorkerProcess | undefined {
    return this.#live().find((worker) => worker.id === id);
  }

  #launching(): boolean {
    for (const sight of this.#parts.pools.all()) if (sight.launching.size > 0) return true;
    return false;
  }

  #live(): ObservedWorkerProcess[] {
    return this.#parts.pools.workers();
  }
}
