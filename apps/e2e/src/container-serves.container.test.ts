// The first request of a pool starts its container, whatever the pool runs: a module, a command, or an image
// that knows nothing of Penstock.

import assert from "node:assert/strict";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { plainPool, withContainers } from "./support/container-penstock.ts";
import type { Place } from "./support/penstock.ts";

const HERE = fileURLToPath(new URL(".", import.meta.url));

const pools = (place: Place) => ({
  module: { urls: [place.url("/module/")], module: place.application("echo"), directory: HERE },
  command: {
    urls: [place.url("/command/")],
    command: ["node", "applications/serve.ts", "echo"],
    directory: HERE,
  },
  plain: plainPool(place),
});

test("a cold start in a container answers, for a module, a command and an unmodified image", () =>
  withContainers(pools, async (penstock) => {
    for (const pool of ["module", "command", "plain"]) {
      const body = "x".repeat(300_000);
      const answer = await fetch(`${penstock.origin}/${pool}/a?b=c`, { method: "POST", body });
      assert.equal(answer.status, 200, pool);
      assert.equal(await answer.text(), `/${pool}/a ${body}`);
      assert.equal((await penstock.workers(pool)).length, 1);
    }
  }));
