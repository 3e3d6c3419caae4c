// What is counted of reloads. An alert stands on the gauge: a configuration that was refused is in nobody's
// way until the next restart, which then fails.

import type { HotCounter, HotGauge, Metrics } from "@penstock/process/metrics";
import { reloadResults, type ReloadResult } from "./reload-outcome.ts";

/** Series about the configuration. */
export interface ReloadMetrics {
  readonly reloads: (result: ReloadResult) => HotCounter;
  readonly lastSuccessful: HotGauge;
  readonly lastSuccess: HotGauge;
}

/** Makes them in a registry. */
export function createReloadMetrics(metrics: Metrics): ReloadMetrics {
  const reloads = metrics.counter({
    name: "penstock_config_reloads_total",
    help: "Reloads of the configuration, by what they came to.",
    labels: ["result"],
  });
  reloads.startAtZero({ result: reloadResults });
  const successful = metrics.gauge({
    name: "penstock_config_last_reload_successful",
    help: "1 when the last configuration that was read is in force, 0 when it was refused.",
  });
  const success = metrics.gauge({
    name: "penstock_config_last_reload_success_timestamp_seconds",
    help: "When a configuration was last read and in order, since the Unix epoch.",
  });
  return {
    reloads: reloads.by("result", {}),
    lastSuccessful: successful.series({}),
    lastSuccess: success.series({}),
  };
}
