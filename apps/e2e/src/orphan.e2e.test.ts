// A worker that falls silent in a pool with `orphanWorkerProcess` is not ended but left for a debugger: out of
// service, replaced, and told; it lives until somebody ends it, or Penstock stops.

import assert from "node:assert/strict";
import test from "node:test";
import { eventually } from "./support/eventually.ts";
import { operate } from "./support/operate.ts";
import type { Penstock } from "./support/penstock.ts";
import { isRunning } from "./support/process-table.ts";
import { withPenstock } from "./support/run-penstock.ts";

/** The least silence: a worker speaks every 5 s by itself. */
const ping = { pingInterval: "1s", pingResponseTime: "1s" };

/** Sticks a worker, and returns the one that was left for it. */
async function orphanOne(penstock: Penstock) {
  const answer = await fetch(`${penstock.origin}/sticks/stick`, { method: "POST" });
  assert.equal(answer.status, 502);
  const problem = (await answer.json()) as Record<string, unknown>;
  assert.equal(problem["reason"], "Connection_Abandoned_By_ReqQueue");
  const orphans = async () =>
    (await penstock.workers("sticks")).filter(({ state }) => state === "orphaned");
  const [orphan] = await eventually("it is an orphan", orphans, {
    found: ({ length }) => length > 0,
    withinMs: 20_000,
  });
  assert(orphan);
  return orphan;
}

test("a stuck worker is replaced and lives on, known to the next controller too, until an operator ends it", () =>
  withPenstock(
    ({ url, application }) => ({
      sticks: {
        urls: [url("/sticks/")],
        module: application("sticks"),
        processModel: { maxProcesses: 1, ...ping },
        failure: { orphanWorkerProcess: true },
      },
    }),
    async (penstock) => {
      const ask = async () => (await fetch(`${penstock.origin}/sticks/`)).status;
      assert.equal(await ask(), 200);
      const { id, pid } = await orphanOne(penstock);
      assert.equal(await ask(), 200, "another one has its place");
      assert(isRunning(pid));
      assert.equal((await penstock.pool("sticks")).workers.orphaned, 1);
      const metrics = await penstock.metrics("controller");
      assert.equal(metrics.value('penstock_pool_workers{pool="sticks",state="orphaned"}'), 1);
      assert.equal(metrics.value('penstock_ping_failures_total{pool="sticks"}'), 1);
      assert.equal(metrics.value('penstock_pool_recent_failures{pool="sticks"}'), 1);
      const shown = await operate(penstock, "worker", "show", id);
      assert.match(shown, /^orphaned +since .*: up, but did not say a word for 6 s$/m);

      process.kill(penstock.pidOf("controller"), "SIGKILL");
      const known = () => penstock.workers("sticks").catch(() => []);
      await eventually("its successor knows it", known, {
        found: (workers) =>
          workers.some((worker) => worker.id === id && worker.state === "orphaned") &&
          workers.some(({ state }) => state === "ready"),
        withinMs: 20_000,
      });
      assert.equal(await ask(), 200);

      await operate(penstock, "worker", "stop", id);
      assert(!isRunning(pid));
      const told = await operate(penstock, "events", "--pool", "sticks");
      assert.match(told, new RegExp(`worker\\.orphaned +worker ${id}: up, but did not say a word`));
      assert.match(told, new RegExp(`worker\\.adopted +worker ${id} is out of service`));
      assert.match(told, new RegExp(`worker\\.exited\\.orphan +${id} `));

      const last = await orphanOne(penstock);
      assert.notEqual(last.pid, pid);
      assert(isRunning(last.pid));
      // The end of the test sees that it goes with everything else, at once.
    },
  ));
