// With the engine proxy the controller has no engine's socket, and no way to more than workers.

import assert from "node:assert/strict";
import test from "node:test";
import { ComposeProject } from "./support/compose-project.ts";

const OVERLAY = "deploy/compose/engine-proxy.yml";

/** Asks the engine through the proxy for a container that has the host's files: prints the status. */
const BREAK_OUT = `
const body = JSON.stringify({ Image: "debian:bookworm-slim", HostConfig: { Binds: ["/:/host"] } });
fetch("http://engine-proxy:2375/v1.41/containers/create", {
  method: "POST", headers: { "Content-Type": "application/json" }, body,
}).then(({ status }) => console.log(status));
`;

test("behind the engine proxy workers start and end, and the controller can ask for nothing else", async () => {
  await using project = await ComposeProject.up(OVERLAY);
  for (const path of ["/hello/", "/"])
    assert.equal((await fetch(project.origin + path)).status, 200, path);
  assert.equal((await project.workers()).length, 3);

  const sockets = await project.inside("controller", ["find", "/run", "/var/run", "-type", "s"]);
  assert.equal(sockets, "");
  assert.equal(await project.inside("controller", ["node", "-e", BREAK_OUT]), "403");

  await project.compose("down");
  assert.deepEqual(await project.besideServices(), []);
});
