// The controller is not on any request's way: killed under load, nobody notices, and its successor finds the
// workers that run.

import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import test from "node:test";
import { eventually } from "./support/eventually.ts";
import { startLoad } from "./support/load.ts";
import { pids } from "./support/penstock.ts";
import { isRunning } from "./support/process-table.ts";
import { withPenstock } from "./support/run-penstock.ts";

const ENOUGH = 500;

test("kill -9 of the controller under load fails no request, and its successor adopts the workers", () =>
  withPenstock(
    ({ url, application }) => ({
      echo: {
        urls: [url("/echo/")],
        module: application("echo"),
        concurrency: 4,
        processModel: { minProcesses: 2, maxProcesses: 4 },
      },
    }),
    async (penstock) => {
      await using load = startLoad({ origin: penstock.origin, path: "/echo/", clients: 8 });
      const before = await penstock.untilWorkers("echo", 2);
      const first = penstock.pidOf("controller");
      process.kill(first, "SIGKILL");
      await eventually("the controller is gone", () => isRunning(first), {
        found: (runs) => !runs,
      });
      const answeredBefore = load.answered;
      const second = await eventually("another controller", () => tryPid(penstock), {
        found: (pid) => pid !== undefined && pid !== first,
      });
      assert(second);
      await eventually("the API is back", () => penstock.workers("echo").catch(() => []), {
        found: (workers) => workers.length > 0 && workers.every(({ state }) => state === "ready"),
      });
      // The adopted workers' own reports, and a few turns of decisions.
      await delay(3000);
      const after = await penstock.workers("echo");
      await load.end();
      assert.deepEqual(load.faults, []);
      assert(load.answered - answeredBefore > ENOUGH, `${load.answered} answered`);
      assert.deepEqual(pids(after), pids(before), "the same workers");
      const metrics = await penstock.metrics("controller");
      assert.equal(
        metrics.value('penstock_worker_start_duration_seconds_count{pool="echo",stage="boot"}'),
        0,
        "an adopted worker was not started by this controller",
      );
    },
  ));

function tryPid(penstock: { pidOf(role: "controller"): number }): number | undefined {
  try {
    return penstock.pidOf("controller");
  } catch {
    return undefined;
  }
}
