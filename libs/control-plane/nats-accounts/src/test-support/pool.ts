// A pool as configuration would give it, with its account and its queue.

import type { ApplicationPool } from "@penstock/domain";
import { aPool } from "@penstock/testing";
import type { TestBroker } from "./broker.ts";

/** A pool's definition. Only its queue's limits matter here. */
export const poolOf = (name: string, queueLength = 1000): ApplicationPool =>
  aPool({ name, urls: ["http://+:80/"], queueLength, queueTimeoutMs: 600_000 });

/** Makes a pool's account and queue exist. */
export async function provisionPool(
  broker: TestBroker,
  name: string,
  options: { connectionsMax?: number; queueLength?: number } = {},
): Promise<void> {
  await broker.accounts.provision(name, { connectionsMax: options.connectionsMax ?? 20 });
  await broker.queues.provision(poolOf(name, options.queueLength));
}
