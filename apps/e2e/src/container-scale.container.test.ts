// A pool of containers has as many workers as its load needs, and no container without requests.

import assert from "node:assert/strict";
import test from "node:test";
import { containersOf, plainPool, withContainers } from "./support/container-penstock.ts";
import { eventually } from "./support/eventually.ts";
import { startLoad } from "./support/load.ts";

const MAX = 3;

test("containers come with the load, fail no request, and go with it to none", () =>
  withContainers(
    (place) => ({
      plain: {
        ...plainPool(place),
        concurrency: 2,
        processModel: { maxProcesses: MAX, idleTimeout: "2s" },
      },
    }),
    async (penstock) => {
      assert.deepEqual(await containersOf(penstock, "plain", "host"), [], "at zero");
      await using load = startLoad({ origin: penstock.origin, path: "/plain/", clients: 4 * MAX });
      await penstock.untilWorkers("plain", MAX, 30_000);
      await load.end();
      assert.deepEqual(load.faults, []);
      const left = async () => [
        ...(await containersOf(penstock, "plain", "host")),
        ...(await containersOf(penstock, "plain", "application")),
      ];
      await eventually("no container is left", left, {
        found: (containers) => containers.length === 0,
        withinMs: 30_000,
      });
      const exits = penstock.logged("worker.exited");
      assert.equal(exits.length, MAX);
      for (const exit of exits) assert.match(String(exit["reason"]), /^(?:idle|scale_down)$/);
    },
  ));
