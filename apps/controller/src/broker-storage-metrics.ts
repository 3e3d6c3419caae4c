// How much the broker holds of what it may hold, for scrapes. A scrape waits for nobody: it shows what was
// read at the one before.

import type { BrokerStorage } from "@penstock/nats-accounts";
import type { Metrics } from "@penstock/process/metrics";

/** What was read last. */
export interface ReadBrokerStorage {
  /** Bytes that all waiting requests together may hold; Infinity until it was read. */
  readonly memoryLimit: number;
}

/** Begins to export it. `read` may reject: what was read last stands until the broker answers again. */
export function exportBrokerStorage(
  metrics: Metrics,
  read: () => Promise<BrokerStorage>,
): ReadBrokerStorage {
  const labels = ["storage"] as const;
  const used = metrics.gauge({
    name: "penstock_jetstream_storage_bytes",
    help: "Bytes that the broker holds in all streams: in memory, and in files.",
    labels,
    collect: () => refresh(),
  });
  const limit = metrics.gauge({
    name: "penstock_jetstream_storage_limit_bytes",
    help: "Bytes that the broker may hold; beyond, it refuses requests.",
    labels,
  });
  let memoryLimit = Infinity;
  let reading = false;
  const refresh = (): void => {
    if (reading) return;
    reading = true;
    read()
      .then(
        (storage) => {
          memoryLimit = storage.memory.limit;
          for (const kind of ["memory", "file"] as const) {
            used.series({ storage: kind }).set(storage[kind].used);
            limit.series({ storage: kind }).set(storage[kind].limit);
          }
        },
        // The broker is away: penstock_nats_connected tells.
        () => {},
      )
      .finally(() => {
        reading = false;
      });
  };
  refresh();
  return {
    get memoryLimit() {
      return memoryLimit;
    },
  };
}
