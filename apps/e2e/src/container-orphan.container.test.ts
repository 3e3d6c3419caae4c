// A worker in containers that falls silent is left as it is, for a debugger, until an operator ends it.

import assert from "node:assert/strict";
import { dirname } from "node:path";
import test from "node:test";
import { containersOf, withContainers } from "./support/container-penstock.ts";
import { docker } from "./support/docker.ts";
import { eventually } from "./support/eventually.ts";
import { operate } from "./support/operate.ts";

test("the container of a stuck worker runs on beside its replacement, and goes when an operator says so", () =>
  withContainers(
    ({ url, application }) => ({
      sticks: {
        urls: [url("/sticks/")],
        module: application("sticks"),
        directory: dirname(application("sticks")),
        processModel: { maxProcesses: 1, pingInterval: "1s", pingResponseTime: "1s" },
        failure: { orphanWorkerProcess: true },
      },
    }),
    async (penstock) => {
      const ask = async () => (await fetch(`${penstock.origin}/sticks/`)).status;
      assert.equal(await ask(), 200);
      const [container = ""] = await containersOf(penstock, "sticks", "host");
      const lost = await fetch(`${penstock.origin}/sticks/stick`, { method: "POST" });
      assert.equal(lost.status, 502);
      const [orphan] = await eventually(
        "it is an orphan",
        async () => (await penstock.workers("sticks")).filter(({ state }) => state === "orphaned"),
        { found: ({ length }) => length === 1, withinMs: 30_000 },
      );
      assert(orphan);
      assert.equal(await ask(), 200, "another one has its place");
      const state = await docker(["inspect", "--format", "{{.State.Status}}", container]);
      assert.equal(state.trim(), "running");
      assert.equal((await containersOf(penstock, "sticks", "host")).length, 2);
      await operate(penstock, "worker", "kill", orphan.id);
      assert.equal(await ask(), 200);
      await eventually("its container is gone", () => containersOf(penstock, "sticks", "host"), {
        found: (containers) => containers.length === 1 && !containers.includes(container),
      });
    },
  ));
