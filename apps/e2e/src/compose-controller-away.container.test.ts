// A controller that is killed costs nothing but scaling: its workers serve on, and the next one adopts them.

import assert from "node:assert/strict";
import test from "node:test";
import { ComposeProject } from "./support/compose-project.ts";
import { eventually } from "./support/eventually.ts";

test("while the controller is away traffic flows on, and its successor adopts the workers", async () => {
  await using project = await ComposeProject.up();
  const ask = async () => {
    const answer = await fetch(`${project.origin}/hello/`);
    assert.equal(answer.status, 200);
    return await answer.text();
  };
  await ask();
  const workers = await project.workers();
  assert.equal(workers.length, 1);

  await project.compose("kill", "--signal", "SIGKILL", "controller");
  for (let count = 0; count < 50; count++) await ask();

  await project.compose("up", "--wait");
  await ask();
  assert.deepEqual(await project.workers(), workers);
  const ready = 'penstock_pool_workers{pool="hello",state="ready"}';
  // Until the lease of the one that was killed has lapsed, the new one waits, and its port changes hands then.
  const look = () => project.metrics("controller").catch(() => undefined);
  const metrics = await eventually("the worker reported", look, {
    found: (seen) => seen?.value(ready) === 1,
    withinMs: 30_000,
  });
  assert(metrics);
  assert.equal(metrics.value('penstock_worker_starts_total{pool="hello",trigger="demand"}'), 0);
});
