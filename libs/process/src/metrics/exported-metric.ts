// The one place where our metrics take prom-client's shape. Its registry prints any object that has a
// name, a help text, a type and a `get()` with the values; so ours are printed with those of Node.js
// and never pass through prom-client's own counters and histograms.

import type { Metric, Registry } from "prom-client";

import type { LabelSet, Series } from "./sample.ts";

/** What the registry prints above the series. */
export interface MetricHeader {
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge" | "histogram";
  /** Called before each scrape is read: sets what is only known by looking. Must not wait for anything. */
  readonly collect?: () => void;
}

/** Makes the registry print these series. Throws when it already prints a metric of that name. */
export function exportMetric(
  registry: Registry,
  header: MetricHeader,
  family: Iterable<{ readonly labels: LabelSet; readonly series: Series }>,
): void {
  const { name, help, type, collect } = header;
  const metric = {
    name,
    help,
    type,
    aggregator: "sum",
    get: () => {
      collect?.();
      const values = [...family].flatMap(({ labels, series }) => series.samples(name, labels));
      return Promise.resolve({ name, help, type, values, aggregator: "sum" });
    },
    reset: () => {},
  };
  registry.registerMetric(metric as unknown as Metric);
}
