// An application that throws where nobody catches it takes its process with it: the request gets 502, others that the
// process had are repeated, it is replaced, and why it ended is told.

import assert from "node:assert/strict";
import test from "node:test";
import { eventually } from "./support/eventually.ts";
import { startLoad } from "./support/load.ts";
import { operate } from "./support/operate.ts";
import { withPenstock } from "./support/run-penstock.ts";

test("a request that crashes its worker gets 502, and nobody else notices", () =>
  withPenstock(
    ({ url, application }) => ({
      app: {
        urls: [url("/app/")],
        module: application("crashes"),
        concurrency: 4,
        processModel: { minProcesses: 2, maxProcesses: 2 },
      },
    }),
    async (penstock) => {
      const before = await penstock.untilWorkers("app", 2);
      await using load = startLoad({ origin: penstock.origin, path: "/app/", clients: 4 });
      const answer = await fetch(`${penstock.origin}/app/crash`, { method: "POST" });
      assert.equal(answer.status, 502);
      const { reason } = (await answer.json()) as { readonly reason: string };
      assert.equal(reason, "Connection_Abandoned_By_ReqQueue");
      const workers = await eventually("it is replaced", () => penstock.workers("app"), {
        found: (all) =>
          all.filter(({ state }) => state === "ready").length === 2 &&
          all.some(({ id }) => before.every((worker) => worker.id !== id)),
      });
      assert.equal(workers.length, 2);
      await load.end();
      assert.deepEqual(load.faults, []);
      assert.match((await penstock.pool("app")).lastFailure ?? "", /the application's own fault/);
      const told = await operate(penstock, "events", "--pool", "app");
      assert.match(told, /worker\.exited\.crash +app-\w+ exited with code 1: crash/);
      const metrics = await penstock.metrics("controller");
      assert.equal(metrics.value('penstock_pool_recent_failures{pool="app"}'), 1);
    },
  ));
