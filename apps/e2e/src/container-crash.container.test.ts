// A container that ends takes no request with it that may be repeated, is replaced, and why it ended is told:
// by itself, killed from outside, or at its memory limit.

import assert from "node:assert/strict";
import test from "node:test";
import { containersOf, plainPool, withContainers } from "./support/container-penstock.ts";
import { docker } from "./support/docker.ts";
import { eventually } from "./support/eventually.ts";
import { startLoad } from "./support/load.ts";
import type { Penstock } from "./support/penstock.ts";

test("a container that is killed under load fails no request and is replaced", () =>
  withContainers(
    (place) => ({
      plain: { ...plainPool(place), processModel: { minProcesses: 2, maxProcesses: 2 } },
    }),
    async (penstock) => {
      await penstock.untilWorkers("plain", 2, 30_000);
      await using load = startLoad({ origin: penstock.origin, path: "/plain/", clients: 6 });
      for (const role of ["application", "host"] as const) {
        const before = await penstock.untilWorkers("plain", 2, 30_000);
        const [container = ""] = await containersOf(penstock, "plain", role);
        await docker(["kill", container]);
        await eventually("its worker is gone", () => penstock.workers("plain"), {
          found: (workers) => before.some(({ id }) => workers.every((worker) => worker.id !== id)),
        });
      }
      await penstock.untilWorkers("plain", 2, 30_000);
      await load.end();
      assert.deepEqual(load.faults, []);
      assert.deepEqual(reasons(penstock), ["crash SIGKILL", "crash SIGKILL"]);
    },
  ));

test("an end by itself is told with its code, one at the memory limit as want of memory", () =>
  withContainers(
    (place) => ({ plain: { ...plainPool(place), memory: { limit: "128MiB" } } }),
    async (penstock) => {
      for (const [path, told, detail] of [
        ["exit", "crash 7", "its worker exited with 7"],
        ["fill", "oom SIGKILL", "its worker ran out of memory"],
      ] as const) {
        const answer = await fetch(`${penstock.origin}/plain/${path}`, { method: "POST" });
        assert.equal(answer.status, 502);
        const problem = (await answer.json()) as Record<string, unknown>;
        assert.equal(problem["reason"], "Connection_Abandoned_By_ReqQueue");
        assert.equal(problem["detail"], detail);
        await eventually("it is told", () => reasons(penstock), {
          found: (lines) => lines.at(-1) === told,
        });
      }
      assert.equal((await fetch(`${penstock.origin}/plain/again`)).status, 200);
    },
  ));

function reasons(penstock: Penstock): string[] {
  return penstock
    .logged("worker.exited")
    .map((line) => `${String(line["reason"])} ${String(line["signal"] ?? line["code"])}`);
}
