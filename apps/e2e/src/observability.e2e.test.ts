// What is shipped for those who watch a Penstock is about metrics that exist: no alert that can never fire, no
// panel that says "No data" for want of a name.

import assert from "node:assert/strict";
import test from "node:test";
import type { MetricsText } from "./support/metrics-text.ts";
import {
  alertExpressions,
  dashboardExpressions,
  dashboards,
} from "./support/observability-files.ts";
import { faultsOf } from "./support/promql.ts";
import { withPenstock } from "./support/run-penstock.ts";
import { eventually } from "./support/eventually.ts";

test("every expression of the alerts and dashboards names metrics, labels and values that a scrape finds", () =>
  withPenstock(
    ({ url, application }) => ({ echo: { urls: [url("/echo/")], module: application("echo") } }),
    async (penstock) => {
      assert.equal((await fetch(`${penstock.origin}/echo/`)).status, 200);
      // What is measured between scrapes, and not at one, is there from the second on.
      const scrapes = await eventually(
        "the broker's round trip and storage were measured, and the worker",
        async () => [await penstock.metrics("listener"), await penstock.metrics("controller")],
        {
          found: (seen) =>
            seen.every(hasRoundTrip) && seen.some(hasStorage) && seen.some(hasMeasuredWorker),
        },
      );
      const faults = [...alertExpressions(), ...dashboardExpressions()].flatMap(
        ({ where, expression }) =>
          faultsOf(expression, scrapes).map((fault) => `${where}: ${fault}`),
      );
      assert.deepEqual(faults, []);
    },
  ));

test("a legend shows labels that its expression leaves", () => {
  for (const { where, expression, shown } of dashboardExpressions()) {
    const kept = /\bby \(([^)]*)\)/.exec(expression)?.[1]?.split(", ");
    for (const label of shown)
      assert(!kept || kept.includes(label), `${where}: ${label} in ${expression}`);
  }
});

test("dashboards choose their data source, and have names of their own", () => {
  const all = dashboards();
  assert.deepEqual([...all.keys()].toSorted(), ["overview.json", "platform.json", "pool.json"]);
  assert.equal(new Set(Array.from(all.values(), ({ uid }) => uid)).size, all.size);
  for (const [file, { panels, templating }] of all) {
    assert(
      templating.list.some(({ name, type }) => name === "DS_PROMETHEUS" && type === "datasource"),
    );
    for (const { title, datasource } of panels)
      assert.equal(datasource.uid, "${DS_PROMETHEUS}", `${file}: ${title}`);
  }
});

const hasRoundTrip = (scrape: MetricsText) => scrape.labels("penstock_nats_rtt_seconds").length > 0;
const hasMeasuredWorker = (scrape: MetricsText) =>
  scrape.labels("penstock_worker_cpu_seconds_total").length > 0;
const hasStorage = (scrape: MetricsText) =>
  scrape.labels("penstock_jetstream_storage_bytes").length > 0;
