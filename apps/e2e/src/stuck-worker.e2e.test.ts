// A worker that is up and stuck is found by its silence, ended and replaced; the requests in its hands are
// treated as those of a worker that was lost.

import assert from "node:assert/strict";
import test from "node:test";
import { eventually } from "./support/eventually.ts";
import { startLoad } from "./support/load.ts";
import { withPenstock } from "./support/run-penstock.ts";

/** Its own reports come every 5 s: that is the least interval. */
const SILENCE_MS = 5_000 + 3_000;

test("a worker whose event loop is stuck is replaced when its silence is over, and nobody else is", () =>
  withPenstock(
    ({ url, application }) => ({
      sticks: {
        urls: [url("/sticks/")],
        module: application("sticks"),
        concurrency: 4,
        processModel: {
          minProcesses: 2,
          maxProcesses: 2,
          pingInterval: "1s",
          pingResponseTime: "3s",
        },
      },
    }),
    async (penstock) => {
      const before = await penstock.untilWorkers("sticks", 2);
      const stuckAt = performance.now();
      const last = fetch(`${penstock.origin}/sticks/stick`, { method: "POST" });
      const answer = await last;
      const tookMs = performance.now() - stuckAt;
      assert.equal(answer.status, 502);
      const problem = (await answer.json()) as Record<string, unknown>;
      assert.equal(problem["reason"], "Connection_Abandoned_By_ReqQueue");
      assert(
        tookMs >= SILENCE_MS - 5_000,
        `not before its last word was long enough ago: ${tookMs}`,
      );

      const after = await penstock.untilWorkers("sticks", 2);
      const stayed = after.filter(({ id }) => before.some((worker) => worker.id === id));
      assert.equal(stayed.length, 1);
      const [exit] = penstock.logged("worker.exited");
      assert.equal(exit?.["reason"], "ping_failure");
      const [killed] = penstock.logged("pool.killWorker");
      assert.equal(killed?.["reason"], "up, but did not say a word for 8 s");
      const metrics = await penstock.metrics("controller");
      const exits = 'penstock_worker_exits_total{pool="sticks",reason="ping_failure"}';
      assert.equal(metrics.value(exits), 1);
      assert.equal(metrics.value('penstock_ping_failures_total{pool="sticks"}'), 1);
    },
  ));

test("workers are left alone that were silent only because their controller was stopped for a while", () =>
  withPenstock(
    ({ url, application }) => ({
      echo: {
        urls: [url("/echo/")],
        module: application("echo"),
        processModel: {
          minProcesses: 2,
          maxProcesses: 2,
          pingInterval: "1s",
          pingResponseTime: "1s",
        },
      },
    }),
    async (penstock) => {
      const before = await penstock.untilWorkers("echo", 2);
      await using load = startLoad({ origin: penstock.origin, path: "/echo/", clients: 2 });
      const controller = penstock.pidOf("controller");
      process.kill(controller, "SIGSTOP");
      await new Promise((resolve) => setTimeout(resolve, 10_000));
      process.kill(controller, "SIGCONT");
      await eventually("it decides again", () => penstock.pool("echo").catch(() => undefined), {
        found: (pool) => pool !== undefined,
      });
      // Whoever would be killed for that silence is killed in the first turn.
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      const after = await penstock.untilWorkers("echo", 2);
      assert.deepEqual(after.map(({ id }) => id).toSorted(), before.map(({ id }) => id).toSorted());
      await load.end();
      assert.deepEqual(load.faults, []);
    },
  ));
