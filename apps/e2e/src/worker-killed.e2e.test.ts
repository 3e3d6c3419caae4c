// A worker that dies takes no request with it that may be repeated; what may not be repeated is answered
// honestly.

import assert from "node:assert/strict";
import test from "node:test";
import { eventually } from "./support/eventually.ts";
import { startLoad } from "./support/load.ts";
import { withPenstock } from "./support/run-penstock.ts";

const KILLS = 3;

test("kill -9 of a worker fails no idempotent request, and a POST in its hands gets 502", () =>
  withPenstock(
    ({ url, application }) => ({
      echo: {
        urls: [url("/echo/")],
        module: application("echo"),
        concurrency: 4,
        processModel: { minProcesses: 2, maxProcesses: 2 },
      },
    }),
    async (penstock) => {
      await using load = startLoad({ origin: penstock.origin, path: "/echo/", clients: 6 });
      for (let kill = 0; kill < KILLS; kill++) {
        const [worker] = await penstock.untilWorkers("echo", 2);
        assert(worker);
        process.kill(worker.pid, "SIGKILL");
        await eventually("it is gone", () => penstock.workers("echo"), {
          found: (workers) => workers.every(({ pid }) => pid !== worker.pid),
        });
      }
      await load.end();
      assert.deepEqual(load.faults, []);

      await penstock.untilWorkers("echo", 2);
      await eventually("nothing runs", () => penstock.pool("echo"), {
        found: ({ slots }) => slots.busy === 0,
      });
      const answer = fetch(`${penstock.origin}/echo/post?wait=60000`, {
        method: "POST",
        body: "once only",
      });
      const holder = await eventually("a worker has the POST", () => penstock.workers("echo"), {
        found: (workers) => workers.some(({ running }) => running === 1),
      });
      const { pid } = holder.find(({ running }) => running === 1) ?? { pid: 0 };
      process.kill(pid, "SIGKILL");
      await assertAbandoned(await answer);
    },
  ));

async function assertAbandoned(answer: Response): Promise<void> {
  assert.equal(answer.status, 502);
  assert.equal(answer.headers.get("content-type"), "application/problem+json");
  assert.equal(answer.headers.get("retry-after"), null);
  assert.match(answer.headers.get("proxy-status") ?? "", /^penstock; error=connection_terminated/);
  const problem = (await answer.json()) as Record<string, unknown>;
  assert.equal(problem["reason"], "Connection_Abandoned_By_ReqQueue");
  assert.equal(problem["pool"], "echo");
  assert.equal(problem["detail"], "its worker was ended by SIGKILL");
}
