// Demand at pools that nobody serves: the queue itself tells of arrivals while somebody listens, and what
// arrived before that is looked at once.

import type { PoolSignals, QueueAdministration } from "@penstock/nats-administration";
import type { ControllerEvents } from "./controller-events.ts";
import type { PoolSight } from "./observed-pools.ts";

/** What a {@link DemandWatch} is made of. */
export interface DemandWatchParts {
  readonly signals: Pick<PoolSignals, "watchDemand" | "ignoreDemand">;
  readonly queues: Pick<QueueAdministration, "depth">;
  readonly events: ControllerEvents;
  /** Has a pool looked at. */
  readonly touch: (pool: string) => void;
}

/** Listens for requests of pools without a ready worker. */
export class DemandWatch {
  readonly #parts: DemandWatchParts;

  constructor(parts: DemandWatchParts) {
    this.#parts = parts;
  }

  /** Has the queue tell of arrivals unless a worker is ready. Never rejects: the sweep finds what was missed. */
  async listen(sight: PoolSight): Promise<void> {
    if (sight.ready) return;
    const { signals, queues, events } = this.#parts;
    try {
      await signals.watchDemand(sight.name, () => this.arrived(sight));
      const depth = await queues.depth(sight.name);
      if (depth && depth.messages > 0 && !sight.ready) this.arrived(sight);
    } catch (thrown) {
      events.failed(`listening for demand of pool ${sight.name}`, thrown);
    }
  }

  /** A worker is ready: it takes what arrives. */
  satisfied(sight: PoolSight): void {
    sight.arrivedWithoutWorker = false;
    this.#parts.signals.ignoreDemand(sight.name);
  }

  /** A request waits and nobody serves. */
  arrived(sight: PoolSight): void {
    if (sight.arrivedWithoutWorker) return;
    sight.arrivedWithoutWorker = true;
    this.#parts.touch(sight.name);
  }
}
