// A controller that finds a worker which is leaving does not count on it.

import assert from "node:assert/strict";
import test from "node:test";
import { eventually } from "./support/eventually.ts";
import { withPenstock } from "./support/run-penstock.ts";

test("a worker that was draining when its controller was killed is replaced at the next request", () =>
  withPenstock(
    ({ url, application }) => ({ echo: { urls: [url("/echo/")], module: application("echo") } }),
    async (penstock) => {
      assert.equal((await fetch(`${penstock.origin}/echo/`)).status, 200);
      const [worker] = await penstock.workers("echo");
      assert(worker);
      const slow = fetch(`${penstock.origin}/echo/?wait=9000`);
      await eventually("it runs", () => penstock.pool("echo"), {
        found: ({ slots }) => slots.busy === 1,
      });
      process.kill(worker.pid, "SIGTERM");
      await eventually("it drains", () => penstock.workers("echo"), {
        found: ([only]) => only?.state === "draining",
      });
      process.kill(penstock.pidOf("controller"), "SIGKILL");
      await eventually("adopted", () => penstock.logged("worker.adopted"), {
        // A request that was counted as waiting in that moment may have started another one.
        found: (lines) => lines.length > 0,
      });
      const askedAt = performance.now();
      assert.equal((await fetch(`${penstock.origin}/echo/now`)).status, 200);
      const tookMs = performance.now() - askedAt;
      // A draining worker reports every five seconds at least; a start takes less than one.
      assert(tookMs < 6500, `answered after ${tookMs} ms`);
      assert.equal((await slow).status, 200);
    },
  ));
