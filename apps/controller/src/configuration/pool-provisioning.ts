// What a pool has at the broker: an account, and a queue in ours. Made and removed together.

import type { ApplicationPool } from "@penstock/domain";
import { mapLimited } from "@penstock/foundation";
import type { AccountPublisher } from "@penstock/nats-accounts";
import type {
  QueueAdministration,
  RoutingStore,
  StandingStore,
} from "@penstock/nats-administration";
import type { ControllerEvents } from "../controller-events.ts";

/**
 * Pools that are provisioned at one time: the broker makes a queue in less than a millisecond, one after another, and
 * thousands that wait for it would wait for longer than a request may take.
 */
const AT_ONCE = 32;

/** What a {@link PoolProvisioning} is made of. */
export interface PoolProvisioningParts {
  readonly accounts: AccountPublisher;
  readonly queues: QueueAdministration;
  readonly routing: RoutingStore;
  readonly store: StandingStore;
  readonly events: ControllerEvents;
}

/** Makes and removes what pools have at the broker. */
export class PoolProvisioning {
  readonly #parts: PoolProvisioningParts;

  constructor(parts: PoolProvisioningParts) {
    this.#parts = parts;
  }

  /** Makes what these pools need, with their limits. What stands is changed in place. */
  async provision(pools: readonly ApplicationPool[]): Promise<void> {
    const { accounts, queues } = this.#parts;
    await mapLimited(pools, AT_ONCE, async (pool) => {
      await accounts.provision(pool.name, { connectionsMax: connectionsOf(pool) });
      await queues.provision(pool);
    });
  }

  /** Removes all that a pool had, and what was decided about it. */
  async remove(name: string): Promise<void> {
    const { accounts, queues, routing, store, events } = this.#parts;
    await queues.remove(name);
    await accounts.remove(name);
    await routing.forget(name);
    await store.forget(name);
    events.queueRemoved(name);
  }

  /** Removes what is there of pools that are not among these. */
  async removeAllBut(pools: readonly ApplicationPool[]): Promise<void> {
    const wanted = new Set(pools.map(({ name }) => name));
    for (const name of await this.#parts.queues.pools())
      if (!wanted.has(name)) await this.remove(name);
  }
}

/** Connections that a pool's workers may hold: those of a whole rotation, and as many that are just going. */
function connectionsOf({ processModel }: ApplicationPool): number {
  return 4 * processModel.maxProcesses;
}
