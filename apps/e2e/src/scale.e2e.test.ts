// A pool has as many workers as its load needs: none without requests, never more than it may.

import assert from "node:assert/strict";
import test from "node:test";
import { startLoad } from "./support/load.ts";
import { withPenstock } from "./support/run-penstock.ts";
import { eventually } from "./support/eventually.ts";

const MAX = 3;

test("a pool goes from zero to as many workers as it may have, and back to zero by itself", () =>
  withPenstock(
    ({ url, application }) => ({
      echo: {
        urls: [url("/echo/")],
        module: application("echo"),
        concurrency: 2,
        processModel: { maxProcesses: MAX, idleTimeout: "2s" },
      },
    }),
    async (penstock) => {
      assert.deepEqual(await penstock.workers("echo"), [], "at zero");
      // Twice what all workers together can run.
      await using load = startLoad({ origin: penstock.origin, path: "/echo/", clients: 4 * MAX });
      const counts: number[] = [];
      const look = async () => {
        const workers = await penstock.workers("echo");
        counts.push(workers.length);
        return workers;
      };
      await eventually("all workers are ready", look, {
        found: (workers) =>
          workers.length === MAX && workers.every(({ state }) => state === "ready"),
      });
      await load.end();
      assert.deepEqual(load.faults, []);
      await eventually("the pool is at zero", look, { found: (workers) => workers.length === 0 });
      assert(Math.max(...counts) <= MAX, `at most ${MAX} workers: ${counts.join(" ")}`);
      const exits = penstock.logged("worker.exited");
      assert.equal(exits.length, MAX);
      for (const exit of exits) assert.match(String(exit["reason"]), /^(?:idle|scale_down)$/);
      const metrics = await penstock.metrics("controller");
      assert.equal(metrics.value('penstock_cold_starts_total{pool="echo"}'), 1, "one cold start");
    },
  ));
