// A second version of an image: its workers are containers of that image, beside those of the pool's own, and
// take their place when it is promoted.

import assert from "node:assert/strict";
import test from "node:test";
import {
  containersOf,
  plainImage,
  plainPool,
  withContainers,
} from "./support/container-penstock.ts";
import { docker, dockerLines } from "./support/docker.ts";
import { eventually } from "./support/eventually.ts";
import { operate } from "./support/operate.ts";
import type { Penstock, Place } from "./support/penstock.ts";

/** The same image under another name: what it runs does not matter here. */
const SECOND = `${plainImage}:second`;

const pools = (place: Place) => ({
  plain: {
    ...plainPool(place),
    canary: { image: SECOND, weight: 0, sticky: { header: "X-Version" } },
  },
});

test("a canary of an image runs in containers of that image, and is promoted to be the pool's", () =>
  withContainers(pools, async (penstock) => {
    await docker(["tag", plainImage, SECOND]);
    try {
      const ask = async (version: string) => {
        const headers = { "X-Version": version };
        const answer = await fetch(`${penstock.origin}/plain/a`, { headers });
        assert.equal(answer.status, 200, version);
      };
      await ask("stable");
      await ask("canary");
      assert.deepEqual(await imagesOf(penstock, "plain"), [plainImage]);
      assert.deepEqual(await imagesOf(penstock, "plain~canary"), [SECOND]);
      await operate(penstock, "pool", "promote", "plain");
      await ask("stable");
      assert.deepEqual(await imagesOf(penstock, "plain"), [SECOND]);
      await eventually("the canary is gone", () => containersOf(penstock, "plain~canary", "host"), {
        found: ({ length }) => length === 0,
        withinMs: 30_000,
      });
    } finally {
      await docker(["image", "rm", SECOND]);
    }
  }));

/** The images of a pool's applications. */
async function imagesOf(penstock: Penstock, pool: string): Promise<string[]> {
  const ids = await containersOf(penstock, pool, "application");
  return dockerLines(["inspect", "--format", "{{.Config.Image}}", ...ids]);
}
