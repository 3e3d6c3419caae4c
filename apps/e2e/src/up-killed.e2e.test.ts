// `penstock up` killed: its listener, its controller and the workers notice and go by themselves. Only the
// nats-server stays, because it does not know its starter; the next start on the same state ends it.

import assert from "node:assert/strict";
import test from "node:test";
import { eventually } from "./support/eventually.ts";
import { processesOf, type FoundProcess } from "./support/process-table.ts";
import { launch, untilUp, withPenstock } from "./support/run-penstock.ts";

test("after kill -9 of penstock up only its nats-server stays, and the next start ends that", () =>
  withPenstock(
    ({ url, application }) => ({ echo: { urls: [url("/echo/")], module: application("echo") } }),
    async (penstock) => {
      assert.equal((await fetch(`${penstock.origin}/echo/`)).status, 200);
      penstock.signal("SIGKILL");
      await penstock.command.ended;
      const left = await eventually("only nats-server is left", () => leftIn(penstock), {
        found: (found) => found.length <= 1,
        withinMs: 5000,
      });
      assert.match(left[0]?.command ?? "", /nats-server/);

      const next = await launch(penstock.workspace, ({ url, application }) => ({
        echo: { urls: [url("/echo/")], module: application("echo") },
      }));
      await untilUp(next.command);
      assert.equal((await fetch(`${next.origin}/echo/`)).status, 200);
      await next.stop();
    },
  ));

function leftIn({ workspace }: { workspace: { folder: string } }): FoundProcess[] {
  return processesOf(workspace.folder);
}
