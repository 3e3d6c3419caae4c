// Of two controllers one leads. When it stands still or dies, the other takes over the workers that run, nobody
// who asks notices, and the first can only come back as the one that waits.

import assert from "node:assert/strict";
import test, { type TestContext } from "node:test";
import { eventually } from "./support/eventually.ts";
import { startLoad } from "./support/load.ts";
import { MetricsText } from "./support/metrics-text.ts";
import { pids } from "./support/penstock.ts";
import { childrenOf } from "./support/process-table.ts";
import { withPenstock } from "./support/run-penstock.ts";
import { startSecond } from "./support/second-controller.ts";

/** For a process that starts on a machine that does much else, milliseconds. */
const PATIENCE_MS = 30_000;

test("a controller that stands still or is killed is followed by the other, and no request fails", (t) =>
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
      const before = await penstock.untilWorkers("echo", 2);
      const second = await startSecond(penstock);
      assert.equal(await leads(second.port), 0);
      assert.equal((await fetch(`${second.origin}/readyz`)).status, 200);
      const refused = await fetch(`${second.origin}/api/v1/status`);
      assert.equal(refused.status, 503);
      assert.match(await refused.text(), new RegExp(penstock.adminAddress));

      await using load = startLoad({ origin: penstock.origin, path: "/echo/", clients: 4 });
      const first = penstock.pidOf("controller");
      process.kill(first, "SIGSTOP");
      const stoodStill = performance.now();
      await eventually("the second leads", () => leads(second.port), {
        found: (on) => on === 1,
        withinMs: PATIENCE_MS,
      });
      tell(t, "a leader that stands still is followed", stoodStill);
      process.kill(first, "SIGCONT");
      await eventually("the first is told", () => penstock.command.said, {
        found: (said) => said.includes("LEADERSHIP_LOST"),
        withinMs: PATIENCE_MS,
      });
      await eventually("it waits", () => penstock.logged("leader.waiting").length, {
        found: (count) => count > 0,
        withinMs: PATIENCE_MS,
      });
      assert.equal(await leads(second.port), 1);

      const [leader = 0] = childrenOf(second.command.pid, "apps/controller/src/main.ts");
      process.kill(leader, "SIGKILL");
      const killed = performance.now();
      const back = () => penstock.workers("echo").catch(() => []);
      const after = await eventually("the first leads again", back, {
        found: (workers) => workers.length === 2 && workers.every(({ state }) => state === "ready"),
      });
      tell(t, "a leader that was killed is followed", killed);
      await load.end();
      assert.deepEqual(load.faults, []);
      assert.deepEqual(pids(after), pids(before), "the same workers");
    },
  ));

async function leads(port: number): Promise<number | undefined> {
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`).catch(() => undefined);
  return answer && new MetricsText(await answer.text()).value("penstock_controller_leader");
}

function tell(t: TestContext, what: string, since: number): void {
  t.diagnostic(`${what} after ${Math.round(performance.now() - since)} ms`);
}
