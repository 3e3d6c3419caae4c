// What an expression of PromQL names: metrics, labels, values. No parser of the language, which Prometheus
// itself is in the container tests; enough to hold the names against a scrape.

import type { MetricsText } from "./metrics-text.ts";

/** Labels that Prometheus gives to every series, and those of histograms. */
const GIVEN = new Set(["job", "instance", "le"]);

/** Metrics that Prometheus makes itself. */
const PROMETHEUS_OWN = new Set(["up"]);

const METRIC = /(?<![\w$"])(?:(?:penstock|process|nodejs)_\w+|up)\b(?:\{(?<matchers>[^}]*)\})?/g;
const GROUPING = /\b(?:by|on|without|ignoring)\s*\((?<labels>[^)]*)\)/g;
const MATCHER = /(?<label>\w+)(?<operator>=~|!~|!=|=)"(?<value>[^"]*)"/g;

/** What is wrong with an expression, held against scrapes of everything that runs; empty when nothing is. */
export function faultsOf(expression: string, scrapes: readonly MetricsText[]): string[] {
  const faults: string[] = [];
  const known = new Set(GIVEN);
  const uses = Array.from(expression.matchAll(METRIC));
  if (uses.length === 0) faults.push("it names no metric");
  for (const [text, matchers = ""] of uses) {
    const metric = text.replace(/\{.*/s, "");
    if (PROMETHEUS_OWN.has(metric)) continue;
    const labels = labelsIn(scrapes, metric);
    if (!labels) {
      faults.push(`there is no metric ${metric}`);
      continue;
    }
    for (const label of labels.keys()) known.add(label);
    faults.push(...matcherFaults(metric, matchers, labels));
  }
  for (const [, names = ""] of expression.matchAll(GROUPING))
    for (const label of names.split(",").map((name) => name.trim()))
      if (!known.has(label)) faults.push(`none of its metrics has the label ${label}`);
  return faults;
}

function matcherFaults(
  metric: string,
  matchers: string,
  labels: ReadonlyMap<string, ReadonlySet<string>>,
): string[] {
  const faults: string[] = [];
  for (const { groups } of matchers.matchAll(MATCHER)) {
    const { label = "", value = "" } = groups ?? {};
    if (GIVEN.has(label)) continue;
    const values = labels.get(label);
    if (!values) faults.push(`${metric} has no label ${label}`);
    else if (!value.startsWith("$"))
      for (const alternative of value.split("|"))
        if (!matchesOne(alternative, values))
          faults.push(`${label} of ${metric} is never ${alternative}`);
  }
  return faults;
}

function matchesOne(pattern: string, values: ReadonlySet<string>): boolean {
  const whole = new RegExp(`^(?:${pattern})$`);
  return [...values].some((value) => whole.test(value));
}

/** The labels of a metric and their values, over all scrapes; undefined when nobody has it. */
function labelsIn(
  scrapes: readonly MetricsText[],
  metric: string,
): Map<string, Set<string>> | undefined {
  const found = scrapes.flatMap((scrape) => scrape.labels(metric));
  if (found.length === 0) return undefined;
  const labels = new Map<string, Set<string>>();
  for (const series of found)
    for (const [label, value] of series) {
      const values = labels.get(label) ?? new Set();
      labels.set(label, values.add(value));
    }
  return labels;
}
