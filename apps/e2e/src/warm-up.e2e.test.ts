// A worker takes its first request when its application has answered the warm-up paths, also as the replacement
// of another one; a pool whose application never does so is told as one that does not become ready.

import assert from "node:assert/strict";
import test from "node:test";
import { startLoad } from "./support/load.ts";
import { operate } from "./support/operate.ts";
import { assertRefusal } from "./support/refusal.ts";
import { withPenstock } from "./support/run-penstock.ts";

test("no request reaches an application that is cold, at its start and when it is recycled", () =>
  withPenstock(
    ({ url, application }) => ({
      warms: { urls: [url("/warms/")], module: application("warms"), warmUp: ["/ready"] },
    }),
    async (penstock) => {
      await using load = startLoad({ origin: penstock.origin, path: "/warms/", clients: 4 });
      await penstock.untilWorkers("warms", 1);
      await operate(penstock, "pool", "recycle", "warms");
      await load.end();
      assert.deepEqual(load.faults, []);
      const said = penstock.logged("worker.output").map(({ line }) => line);
      const retried = "penstock: warm-up: /ready answered 503; it is asked for again";
      assert(said.filter((line) => line === retried).length >= 2, "each worker says it once");
    },
  ));

test("a command that never answers its warm-up path is not ready within its limit, and clients hear it", () =>
  withPenstock(
    ({ url }) => ({
      cold: {
        urls: [url("/cold/")],
        command: [
          "node",
          "-e",
          `require("node:http").createServer((_, answer) => answer.writeHead(500).end())
             .listen(process.env.PORT, "127.0.0.1")`,
        ],
        warmUp: ["/ready"],
        processModel: { startupTimeLimit: "3s" },
      },
    }),
    async (penstock) => {
      const answer = await fetch(`${penstock.origin}/cold/`);
      await assertRefusal(answer, { status: 503, reason: "StartupTimeout", waits: true });
    },
  ));
