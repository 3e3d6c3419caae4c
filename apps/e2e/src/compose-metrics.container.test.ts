// The Prometheus of docker-compose.yml, the real one: it scrapes everything, takes every alert, and can
// compute every expression of the dashboards.

import assert from "node:assert/strict";
import test from "node:test";
import { ComposeProject } from "./support/compose-project.ts";
import { eventually } from "./support/eventually.ts";
import { dashboardExpressions } from "./support/observability-files.ts";

/** What Grafana fills in. */
const VARIABLES = { $__rate_interval: "1m", $job: "penstock", $pool: "hello" };

test("Prometheus scrapes every target, and knows every alert and expression", async () => {
  await using project = await ComposeProject.up();
  assert.equal((await fetch(`${project.origin}/hello/`)).status, 200);

  const { data } = await eventually("all targets are up", () => project.prometheus("targets"), {
    found: ({ data: { activeTargets = [] } }) =>
      activeTargets.length > 0 && activeTargets.every(({ health }) => health === "up"),
    withinMs: 30_000,
  });
  assert.deepEqual((data.activeTargets ?? []).map(({ scrapeUrl }) => scrapeUrl).toSorted(), [
    "http://controller:9182/metrics",
    "http://listener:9181/metrics",
    "http://localhost:9090/metrics",
  ]);

  const alerts = await eventually("all alerts were computed", () => project.prometheus("rules"), {
    found: ({ data: { groups = [] } }) => {
      const rules = groups.flatMap((group) => group.rules);
      return rules.length > 0 && rules.every(({ health }) => health === "ok");
    },
    withinMs: 30_000,
  });
  assert.equal(alerts.status, "success");

  for (const { where, expression } of dashboardExpressions()) {
    const filled = Object.entries(VARIABLES).reduce(
      (text, [name, value]) => text.replaceAll(name, value),
      expression,
    );
    const answer = await project.prometheus(`query?query=${encodeURIComponent(filled)}`);
    assert.equal(answer.status, "success", `${where}: ${answer.error} in ${filled}`);
  }
});
