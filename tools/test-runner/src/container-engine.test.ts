import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";

import { containerFault } from "./container-engine.ts";

/** A folder with a `docker` of ours on the path, and an engine behind a socket. */
async function givenMachine(
  t: TestContext,
  { status, compose }: { status: number; compose: boolean },
) {
  const folder = mkdtempSync(join(tmpdir(), "penstock-engine-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const docker = join(folder, "docker");
  writeFileSync(docker, `#!/bin/sh\nexit ${compose ? 0 : 1}\n`);
  chmodSync(docker, 0o755);
  const socket = join(folder, "engine.sock");
  const engine = createServer((_request, response) => response.writeHead(status).end());
  engine.listen(socket);
  await once(engine, "listening");
  t.after(() => engine.close());
  return { PATH: folder, DOCKER_HOST: `unix://${socket}` };
}

test("an engine that answers, and compose, are all that is needed", async (t) => {
  assert.equal(
    await containerFault(await givenMachine(t, { status: 200, compose: true })),
    undefined,
  );
});

test("an engine that is not well is told with its answer", async (t) => {
  const machine = await givenMachine(t, { status: 500, compose: true });
  assert.equal(
    await containerFault(machine),
    `no Docker engine answers at ${machine.DOCKER_HOST} (status 500)`,
  );
});

test("no engine is told with where it was looked for", async () => {
  assert.match(
    (await containerFault({ DOCKER_HOST: "unix:///nowhere/docker.sock" })) ?? "",
    /^no Docker engine answers at unix:\/\/\/nowhere\/docker\.sock \(.*ENOENT.*\)$/,
  );
  assert.match(
    (await containerFault({ DOCKER_HOST: "tcp://127.0.0.1:1" })) ?? "",
    /^no Docker engine answers at tcp:\/\/127\.0\.0\.1:1 \(.*ECONNREFUSED.*\)$/,
  );
});

test("a docker without compose is told", async (t) => {
  const machine = await givenMachine(t, { status: 200, compose: false });
  assert.equal(await containerFault(machine), "the docker command has no compose plugin");
});
