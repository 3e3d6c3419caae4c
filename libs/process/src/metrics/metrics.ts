// The metrics of a process: its own registry, never a global one, so that two of them can live in one
// test. A door of its own (`@penstock/process/metrics`): loading prom-client takes 30 ms, and a worker
// starts without it, since workers are not scraped.

import { assert } from "@penstock/foundation";
import { collectDefaultMetrics, Registry } from "prom-client";

import { exportMetric, type MetricHeader } from "./exported-metric.ts";
import { HotCounter } from "./hot-counter.ts";
import { HotGauge } from "./hot-gauge.ts";
import { HotHistogram } from "./hot-histogram.ts";
import { logLevels, type LogLevel } from "../log/log-level.ts";
import { MetricFamily } from "./metric-family.ts";
import { PerPool } from "./per-pool.ts";
import type { Series } from "./sample.ts";

/** What a metric is called and what it tells. */
export interface MetricFacts<Name extends string> {
  /** `penstock_…` with its unit: `_total` for counters, `_seconds` or `_bytes` for histograms. */
  readonly name: string;
  /** One line for people. */
  readonly help: string;
  readonly labels?: readonly Name[];
  /** Called before each scrape is read: sets what is only known by looking. Must not wait for anything. */
  readonly collect?: () => void;
}

/** A counter, one series for each combination of its labels. */
export type CounterFamily<Name extends string> = MetricFamily<Name, HotCounter>;
/** A gauge, one series for each combination of its labels. */
export type GaugeFamily<Name extends string> = MetricFamily<Name, HotGauge>;
/** A histogram, one series for each combination of its labels. */
export type HistogramFamily<Name extends string> = MetricFamily<Name, HotHistogram>;

/** What runs, for `penstock_build_info`. */
export interface BuildFacts {
  readonly component: string;
  readonly version: string;
  /** Commit, where the build knows it. */
  readonly revision?: string;
}

/** A metric as its page in the documentation has it. */
export interface MetricDescription {
  readonly name: string;
  readonly type: MetricHeader["type"];
  readonly help: string;
  readonly labels: readonly string[];
}

/** The registry of one process. Names are checked when a metric is made, so a wrong one never reaches a scrape. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #families = new Set<MetricFamily<string, Series>>();
  readonly #descriptions: MetricDescription[] = [];

  /** A number that only goes up. Its name ends with `_total`. */
  counter<const Name extends string = never>(facts: MetricFacts<Name>): CounterFamily<Name> {
    assert(facts.name.endsWith("_total"), `a counter's name ends with _total: ${facts.name}`);
    return this.#family(facts, "counter", () => new HotCounter());
  }

  /** A number that goes up and down. */
  gauge<const Name extends string = never>(facts: MetricFacts<Name>): GaugeFamily<Name> {
    assert(!facts.name.endsWith("_total"), `only a counter's name ends with _total: ${facts.name}`);
    return this.#family(facts, "gauge", () => new HotGauge());
  }

  /** How values are distributed under rising upper bounds. Its name ends with `_seconds` or `_bytes`. */
  histogram<const Name extends string = never>(
    facts: MetricFacts<Name> & { readonly bounds: readonly number[] },
  ): HistogramFamily<Name> {
    const { name, bounds, labels } = facts;
    assert(/_(?:seconds|bytes)$/.test(name), `a histogram's name ends with its unit: ${name}`);
    assert(
      bounds.every((bound, i) => i === 0 || bound > (bounds[i - 1] as number)),
      `the bounds of ${name} rise`,
    );
    assert(!labels?.some((label) => label === "le"), `le is the histogram's own label: ${name}`);
    const shared = Float64Array.from(bounds);
    return this.#family(facts, "histogram", () => new HotHistogram(shared));
  }

  /**
   * Series of each configured pool, made when the pool is configured. When it is gone, every series with
   * its `pool` label is dropped, whoever made it: so one of these per process.
   */
  perPool<PoolSeries>(make: (pool: string) => PoolSeries): PerPool<PoolSeries> {
    return new PerPool(make, (pool) => this.forget("pool", pool));
  }

  /** Drops the series with this label value from every metric that has the label. */
  forget(label: string, value: string): void {
    for (const family of this.#families) family.forget(label, value);
  }

  /** Begins to export `nodejs_…`, `process_…` and `penstock_build_info`. Once per process. */
  exportProcess({ component, version, revision = "" }: BuildFacts): void {
    collectDefaultMetrics({ register: this.#registry });
    this.gauge({
      name: "penstock_build_info",
      help: "What runs: always 1.",
      labels: ["version", "revision", "node_version", "component"],
    })
      .series({ version, revision, node_version: process.version, component })
      .set(1);
  }

  /** `penstock_log_events_total`, all levels at 0: hand it to {@link createLog} as `counted`. */
  countLogEvents(): (level: LogLevel) => void {
    const lines = this.counter({
      name: "penstock_log_events_total",
      help: "Log lines written.",
      labels: ["level"],
    });
    lines.startAtZero({ level: logLevels });
    const ofLevel = lines.by("level", {});
    return (level) => ofLevel(level).add();
  }

  /** Every metric of ours, in the order in which they were made. */
  get descriptions(): readonly MetricDescription[] {
    return this.#descriptions;
  }

  /** Everything, as a scrape reads it (Prometheus text format 0.0.4). */
  async render(): Promise<string> {
    const text = await this.#registry.metrics();
    // prom-client writes `Nan` (the event loop's lag before its first sample); the format has `NaN`.
    return text.replaceAll(/ Nan$/gm, " NaN");
  }

  /** The media type of {@link Metrics.render}. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  #family<Name extends string, Kind extends Series>(
    facts: MetricFacts<Name>,
    type: MetricHeader["type"],
    create: () => Kind,
  ): MetricFamily<Name, Kind> {
    const { name, labels = [] } = facts;
    assert(/^penstock_[a-z0-9_]+$/.test(name), `a metric's name is penstock_…: ${name}`);
    for (const label of labels)
      assert(/^[a-z][a-z0-9_]*$/.test(label), `a label's name is lower case: ${label}`);
    const family = new MetricFamily<Name, Kind>(labels, create);
    exportMetric(this.#registry, { ...facts, type }, family);
    this.#families.add(family);
    this.#descriptions.push({ name, type, help: facts.help, labels });
    return family;
  }
}

export type { HotCounter, HotGauge, HotHistogram, LogLevel, MetricFamily, PerPool };
export { exportConnection, type ExportedConnection } from "./broker-connection.ts";
export type { Labels } from "./metric-family.ts";
