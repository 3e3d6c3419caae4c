// One command brings everything up, one request is answered, and one command takes everything away again.

import assert from "node:assert/strict";
import test from "node:test";
import { ComposeProject } from "./support/compose-project.ts";

/** Everything is healthy within this, milliseconds: generous, for a machine that does much else. */
const UP_LIMIT_MS = 60_000;

test("docker compose up serves, down leaves no container and no network, and --volumes no volume", async (t) => {
  await using project = await ComposeProject.create();
  await project.compose("build");
  const startedAt = performance.now();
  await project.compose("up", "--wait");
  const tookMs = performance.now() - startedAt;
  t.diagnostic(`docker compose up --wait took ${Math.round(tookMs)} ms`);
  assert(tookMs < UP_LIMIT_MS);

  for (const path of ["/hello/", "/"])
    assert.equal((await fetch(project.origin + path)).status, 200, path);
  assert.equal((await project.workers()).length, 3, "a module is one container, an image two");

  await project.compose("down");
  assert.deepEqual(await project.services(), []);
  assert.deepEqual(await project.besideServices(), []);
  assert.deepEqual(await project.networks(), []);

  // What was kept is taken up again: the same keys, so nothing has to be made anew.
  await project.compose("up", "--wait");
  assert.equal((await fetch(`${project.origin}/hello/`)).status, 200);
  await project.compose("down", "--volumes");
  assert.deepEqual(await project.besideServices(), []);
  assert.deepEqual(await project.volumes(), []);
});
