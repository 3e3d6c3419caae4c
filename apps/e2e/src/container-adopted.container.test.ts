// Containers outlive the controller: its successor finds them at work.

import assert from "node:assert/strict";
import test from "node:test";
import { containersOf, plainPool, withContainers } from "./support/container-penstock.ts";
import { eventually } from "./support/eventually.ts";
import { startLoad } from "./support/load.ts";

test("kill -9 of the controller fails no request, and its successor adopts the containers", () =>
  withContainers(
    (place) => ({
      plain: { ...plainPool(place), processModel: { minProcesses: 1, maxProcesses: 1 } },
    }),
    async (penstock) => {
      await penstock.untilWorkers("plain", 1, 30_000);
      const before = await containersOf(penstock, "plain", "application");
      await using load = startLoad({ origin: penstock.origin, path: "/plain/", clients: 4 });
      process.kill(penstock.pidOf("controller"), "SIGKILL");
      await eventually("they are adopted", () => penstock.logged("worker.adopted"), {
        found: (lines) => lines.length === 1,
      });
      const workers = () => penstock.workers("plain").catch(() => []);
      await eventually("the worker is ready", workers, {
        found: ([worker]) => worker?.state === "ready",
      });
      await load.end();
      assert.deepEqual(load.faults, []);
      assert.deepEqual(await containersOf(penstock, "plain", "application"), before);
    },
  ));
