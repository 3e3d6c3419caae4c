// A port that another program holds takes only its own pools with it, and is taken as soon as it is free.

import assert from "node:assert/strict";
import type { Server } from "node:net";
import test from "node:test";
import { eventually } from "./support/eventually.ts";
import { close, occupy } from "@penstock/testing";
import { withPenstock } from "./support/run-penstock.ts";

test("a port in use is named with what to do, the other ports serve, and it is opened once it is free", async () => {
  let other: Server | undefined;
  await withPenstock(
    ({ url, application, otherPort }) => ({
      here: { urls: [url("/here/")], module: application("echo") },
      there: { urls: [`http://+:${otherPort}/there/`], module: application("echo") },
    }),
    async (penstock) => {
      const { otherPort } = penstock.place;
      const { stdout } = penstock.command;
      assert.match(stdout, new RegExp(`port ${otherPort} could not be opened`), "in the banner");
      const [line] = await eventually("it is logged", () => penstock.logged("port.not_opened"), {
        found: (lines) => lines.length > 0,
      });
      assert.equal(line?.["port"], otherPort);
      assert.match(String(line?.["msg"]), /is in use by another program\. End that program/);
      assert.equal((await fetch(`${penstock.origin}/here/`)).status, 200);

      assert(other);
      await close(other);
      await eventually("the port is open", () => penstock.logged("port.opened"), {
        found: (lines) => lines.some(({ port }) => port === otherPort),
      });
      assert.equal((await fetch(`http://127.0.0.1:${otherPort}/there/`)).status, 200);
    },
    {
      before: async ({ otherPort }) => {
        other = await occupy(otherPort);
        // A test that fails before it closes it must still end.
        other.unref();
      },
    },
  );
});
