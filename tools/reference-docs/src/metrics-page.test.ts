import assert from "node:assert/strict";
import { test } from "node:test";
import { describedMetrics, metricsPage } from "./metrics-page.ts";

for (const name of ["listener", "controller"] as const)
  test(`every metric of the ${name} has its row, with its labels and one sentence`, async () => {
    const text = await metricsPage();
    const metrics = await describedMetrics(name);
    assert(metrics.length > 10);
    for (const { name: metric, labels, help } of metrics) {
      const row = text.split("\n").find((line) => line.startsWith(`| \`${metric}\` `));
      assert(row, metric);
      for (const label of labels) assert(row.includes(`\`${label}\``), `${metric} ${label}`);
      assert.match(help, /^[A-Z1].+\.$/, metric);
    }
  });
