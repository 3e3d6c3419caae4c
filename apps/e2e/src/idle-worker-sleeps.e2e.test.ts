// `idleTimeoutAction: Suspend`: an idle worker sleeps, its memory stays, and the next request wakes the same
// process.

import assert from "node:assert/strict";
import test from "node:test";
import { eventually } from "./support/eventually.ts";
import type { Penstock } from "./support/penstock.ts";
import { stateOf } from "./support/process-table.ts";
import { withPenstock } from "./support/run-penstock.ts";

/** A pool whose workers sleep after a moment. */
const sleepy = { processModel: { idleTimeout: "300ms", idleTimeoutAction: "Suspend" } };

async function ask(penstock: Penstock, path: string): Promise<string> {
  const answer = await fetch(`${penstock.origin}${path}`);
  assert.equal(answer.status, 200);
  return await answer.text();
}

async function untilAsleep(penstock: Penstock, pool: string): Promise<number> {
  const [worker] = await eventually(`pool ${pool} sleeps`, () => penstock.workers(pool), {
    found: (workers) => workers.length === 1 && workers[0]?.state === "suspended",
  });
  const pid = worker?.pid ?? 0;
  await eventually(`process ${pid} stands still`, () => stateOf(pid), {
    found: (state) => state === "T",
  });
  return pid;
}

test("an idle worker sleeps, its memory stays, and the next request wakes the same process", () =>
  withPenstock(
    ({ url, application }) => ({
      counter: { urls: [url("/counter/")], module: application("counter"), ...sleepy },
    }),
    async (penstock) => {
      assert.match(await ask(penstock, "/counter/"), /^request 1 of process \d+$/);
      const pid = await untilAsleep(penstock, "counter");
      for (let count = 2; count <= 12; count++) {
        assert.equal(await ask(penstock, "/counter/"), `request ${count} of process ${pid}`);
        await untilAsleep(penstock, "counter");
      }
      assert.equal(penstock.logged("worker.started").length, 1);
      assert.equal(penstock.logged("worker.suspended").length, 12);
      assert.equal(penstock.logged("worker.resumed").length, 11);
      const metrics = await penstock.metrics("controller");
      const of = 'pool="counter"';
      assert.equal(metrics.value(`penstock_pool_workers{${of},state="suspended"}`), 1);
      assert.equal(metrics.value(`penstock_worker_suspensions_total{${of}}`), 12);
      assert.equal(metrics.value(`penstock_worker_resume_duration_seconds_count{${of}}`), 11);
    },
  ));
