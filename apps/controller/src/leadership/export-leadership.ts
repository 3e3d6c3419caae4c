// Whether this controller leads, for scrapes.

import type { Metrics } from "@penstock/process/metrics";

/** Begins to export it. */
export function exportLeadership(metrics: Metrics, leads: () => boolean): void {
  const leader = metrics.gauge({
    name: "penstock_controller_leader",
    help: "1 while this controller leads: of several, one decides and acts.",
    collect: () => leader.series({}).set(leads() ? 1 : 0),
  });
}
