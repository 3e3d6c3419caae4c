// SIGHUP while `penstock up` still starts ends nothing: the configuration is read again once it is up.

import assert from "node:assert/strict";
import test from "node:test";
import { eventually } from "./support/eventually.ts";
import { childrenOf } from "./support/process-table.ts";
import { launch, untilUp } from "./support/run-penstock.ts";
import { makeWorkspace, removeWorkspace } from "./support/workspace.ts";

test("SIGHUP before the controller is ready leads to a reload when it is", async () => {
  const workspace = await makeWorkspace();
  try {
    const penstock = await launch(workspace, ({ url, application }) => ({
      echo: { urls: [url("/echo/")], module: application("echo") },
    }));
    const { command } = penstock;
    const controllers = () => childrenOf(command.pid, "apps/controller/src/main.ts");
    await eventually("the controller was started", controllers, {
      found: ({ length }) => length === 1 || command.hasEnded,
      withinMs: 30_000,
    });
    assert(!command.said.includes("is up after"), "it still starts");
    penstock.signal("SIGHUP");
    await untilUp(command);
    const bySignal = () => penstock.log.filter(({ cause }) => cause === "signal");
    await eventually("it was read again", bySignal, { found: ({ length }) => length === 1 });
    assert.equal((await fetch(`${penstock.origin}/echo/`)).status, 200);
    await penstock.stop();
  } finally {
    await removeWorkspace(workspace);
  }
});
