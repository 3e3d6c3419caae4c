// How much the broker holds of what it may hold, for scrapes. A scrape waits for nobody: it shows what was
// read at the one before.

import type { BrokerStorage } from "@penstock/nats-accounts";
import type { Metrics } from "@penstock/process/metrics";

/** Begins to export it. `read` may reject: what was read last stands until the broker answers again. */
export function exportBrokerStorage(metrics: Metrics, read: () => Promise<BrokerStorage>): void {
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
  let reading = false;
  const refresh = (): void => {
    if (reading) return;
    reading = true;
    read()
      .then(
        (storage) => {
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
}
