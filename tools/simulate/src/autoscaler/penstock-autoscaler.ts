// Penstock's own decisions, the very code that the controller runs, fed as the controller is: arrivals without a
// worker signal at once, listeners report at most every 50 ms, workers' changes are seen at once.

import {
  reconcilePool,
  type DesiredPool,
  type ObservedPool,
  type PoolLoad,
  type PoolMemory,
} from "@penstock/activation";
import { aPool } from "@penstock/testing";
import type { Autoscaler, Decision, PoolView, SimulatedPool } from "./autoscaler.ts";

/** Listeners' reports, milliseconds. */
const REPORT_MS = 50;

/** As long as Knative's stable window, so that both leave for idleness at the same time. */
const IDLE_MS = 60_000;

/** Penstock's. */
export class PenstockAutoscaler implements Autoscaler {
  readonly #desired: DesiredPool;
  #memory: PoolMemory | undefined;
  #reported: PoolLoad = { waiting: 0, running: 0 };
  #reportedAt = -REPORT_MS;
  #wakeAt: number | undefined = 0;
  #seen = "";

  constructor({ concurrency, workersMax }: SimulatedPool) {
    const processModel = { maxProcesses: workersMax, idleTimeoutMs: IDLE_MS };
    const pool = aPool({ concurrency, processModel });
    this.#desired = { pool, generation: "1", enabled: true, operatorStarts: 0 };
  }

  decide(view: PoolView): Decision {
    const reported = this.#report(view);
    const seen = `${signalled(view)} ${view.workers.map(({ id, phase }) => `${id} ${phase}`).join()}`;
    const due = this.#wakeAt !== undefined && view.now >= this.#wakeAt;
    if (!reported && !due && seen === this.#seen) return this.#nothing(view);
    this.#seen = seen;
    const plan = reconcilePool(this.#desired, this.#observed(view), this.#memory, view.now);
    this.#memory = plan.memory;
    this.#wakeAt = plan.wakeInMs === undefined ? undefined : view.now + plan.wakeInMs;
    return {
      starts: plan.actions.filter(({ kind }) => kind === "startWorker").length,
      drains: plan.actions.flatMap((action) =>
        action.kind === "drainWorker" ? action.worker : [],
      ),
      wakeAt: this.#nextLook(view),
    };
  }

  #report({ now, waiting, running }: PoolView): boolean {
    const changed = this.#changed({ waiting, running });
    if (!changed || now < this.#reportedAt + REPORT_MS) return false;
    this.#reported = { waiting, running };
    this.#reportedAt = now;
    return true;
  }

  #changed({ waiting, running }: PoolLoad): boolean {
    return waiting !== this.#reported.waiting || running !== this.#reported.running;
  }

  #nothing(view: PoolView): Decision {
    return { starts: 0, drains: [], wakeAt: this.#nextLook(view) };
  }

  #nextLook(view: PoolView): number | undefined {
    const report = this.#changed(view) ? this.#reportedAt + REPORT_MS : Infinity;
    const next = Math.min(report, this.#wakeAt ?? Infinity);
    return next === Infinity ? undefined : next;
  }

  #observed(view: PoolView): ObservedPool {
    const { pool, generation } = this.#desired;
    return {
      pool: pool.name,
      workers: view.workers.map((worker) => ({ ...worker, pool: pool.name, generation })),
      load: this.#reported,
      arrivedWithoutWorker: signalled(view),
      offline: false,
      exits: [],
      work: view,
    };
  }
}

function signalled({ waiting, workers }: PoolView): boolean {
  return waiting > 0 && !workers.some(({ phase }) => phase === "ready");
}
