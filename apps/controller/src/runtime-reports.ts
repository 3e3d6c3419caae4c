// What the runtime tells about workers: lines of output, and ends.

import type { WorkerRuntimeEvent } from "@penstock/activation";
import type { PoolSignals } from "@penstock/nats-administration";
import type { ControllerEvents } from "./controller-events.ts";
import type { DemandWatch } from "./demand-watch.ts";
import type { ObservedPools } from "./observed-pools.ts";
import type { WorkerExited } from "./observed-worker-process.ts";
import { howItEnded, type WorkerExits } from "./worker-exits.ts";

/** What {@link RuntimeReports} are made of. */
export interface RuntimeReportsParts {
  readonly pools: ObservedPools;
  readonly signals: Pick<PoolSignals, "tell">;
  readonly events: ControllerEvents;
  readonly demand: DemandWatch;
  readonly exits: WorkerExits;
  /** Has a pool looked at. */
  readonly touch: (pool: string) => void;
}

/** Takes what the runtime tells. */
export class RuntimeReports {
  readonly #parts: RuntimeReportsParts;

  constructor(parts: RuntimeReportsParts) {
    this.#parts = parts;
  }

  take(event: WorkerRuntimeEvent): void {
    const { pools, events } = this.#parts;
    if (event.kind === "output") {
      pools.worker(event.pool, event.id)?.addLine(event.line);
      events.output(event.pool, event.id, event.stream, event.line);
    } else if (event.kind === "exited") {
      this.exited(event);
    }
  }

  /** A worker has ended; one that is still being launched is noted, and told again when it is launched. */
  exited(event: WorkerExited): void {
    const { pools, signals, exits, demand, touch } = this.#parts;
    const { pool, id, code, signal, outOfMemory, at } = event;
    const sight = pools.of(pool);
    const worker = sight.workers.get(id);
    if (!worker) {
      const launching = sight.launching.get(id);
      if (launching) launching.endedEarly = event;
      return;
    }
    // First of all the listeners: whoever waits for this worker waits no longer.
    const lost = { kind: "workerLost", worker: id, detail: howItEnded(event) } as const;
    signals.tell(pool, lost);
    sight.workers.delete(id);
    const { phase, askedFor, detail } = worker;
    const how = { code, signal, outOfMemory, detail, at };
    exits.note({ id, pool, phase, ...(askedFor && { askedFor }), ...how });
    void demand.listen(sight);
    touch(pool);
  }
}
