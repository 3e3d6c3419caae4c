// Workers that are put to sleep and woken. A worker has to stand still by itself before it is frozen, or a
// request that is on its way to it would be frozen with it:
//
//   ready ──asked to rest──> resting ──says that it rests──> suspended (the runtime freezes it)
//   resting, suspended ──asked to work, thawed──> resuming ──says that it takes requests──> ready
//
// Orders travel over the broker and may be lost; each report of a worker that does not fit what was asked has
// it asked again. A frozen worker's connection may be gone when it is thawed: its first report tells.

import type { WorkerRuntime } from "@penstock/activation";
import type { PoolSignals } from "@penstock/nats-administration";
import type { ControllerEvents } from "./controller-events.ts";
import type { DemandWatch } from "./demand-watch.ts";
import type { ObservedPools } from "./observed-pools.ts";
import type { ObservedWorkerProcess } from "./observed-worker-process.ts";

/** What {@link WorkerSleep} is made of. */
export interface WorkerSleepParts {
  readonly pools: ObservedPools;
  readonly runtime: WorkerRuntime;
  readonly signals: Pick<PoolSignals, "ask">;
  readonly events: ControllerEvents;
  readonly demand: DemandWatch;
  readonly now: () => number;
  /** False while another controller may lead: nobody is asked and nobody frozen then. */
  readonly leads: () => boolean;
}

/** Names a worker. */
interface Named {
  readonly pool: string;
  readonly worker: string;
}

/** Puts workers to sleep and wakes them. */
export class WorkerSleep {
  readonly #parts: WorkerSleepParts;

  constructor(parts: WorkerSleepParts) {
    this.#parts = parts;
  }

  /** Has a worker rest; it is frozen once it says so. */
  async suspend({ pool, worker: id }: Named): Promise<void> {
    const { pools, demand, now } = this.#parts;
    const worker = pools.worker(pool, id);
    if (!worker) return;
    worker.enter("resting", now());
    // First of all: arrivals are heard of from the moment at which nobody may take them.
    await demand.listen(pools.of(pool));
    if (worker.phase === "resting") this.repeat(worker);
  }

  /** Has a worker take requests again. */
  async resume({ pool, worker: id }: Named): Promise<void> {
    const { pools, runtime, now } = this.#parts;
    const worker = pools.worker(pool, id);
    if (!worker) return;
    const frozen = worker.phase === "suspended";
    worker.enter("resuming", now());
    // It lies in the worker's socket when it is thawed.
    this.repeat(worker);
    if (frozen) await runtime.resume(id);
  }

  /** Asks once more for what was asked before. */
  repeat(worker: ObservedWorkerProcess): void {
    if (!this.#parts.leads()) return;
    const { id, pool, phase, rest: number } = worker;
    const order =
      phase === "resting" ? ({ kind: "rest", number } as const) : ({ kind: "work" } as const);
    this.#parts.signals.ask(pool, id, order);
  }

  /** A worker says that it rests: it asks for no request and has none in hand. */
  rests(worker: ObservedWorkerProcess, number: number | undefined): void {
    const { phase } = worker;
    if (!this.#parts.leads()) return;
    if (phase === "resting" && number === worker.rest) void this.#freeze(worker);
    else if (phase !== "suspended" && phase !== "draining" && phase !== "stopping")
      this.repeat(worker);
  }

  async #freeze(worker: ObservedWorkerProcess): Promise<void> {
    const { runtime, events, now } = this.#parts;
    worker.enter("suspended", now());
    try {
      await runtime.suspend(worker.id);
      events.workerSuspended(worker);
    } catch (thrown) {
      events.failed(`freezing worker ${worker.id}`, thrown);
      // It goes on resting, and says so within seconds: then it is tried again.
      if (worker.phase === "suspended") worker.enter("resting", now());
    }
  }
}
