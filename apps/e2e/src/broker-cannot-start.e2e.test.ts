// Without its broker, or its own ports, Penstock does not start, says why and what to do, and leaves nothing
// behind.
import assert from "node:assert/strict";
import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { close, freePorts, occupy } from "@penstock/testing";
import { runCommand, type CommandEnd } from "./support/command-line.ts";
import { processesOf } from "./support/process-table.ts";
import {
  applicationPath,
  configure,
  makeWorkspace,
  removeWorkspace,
  type Workspace,
} from "./support/workspace.ts";

test("a nats-server that cannot run ends the start with what, where and what to do", () =>
  withWorkspace(async (workspace) => {
    const server = join(workspace.folder, "nats-server");
    await writeFile(server, "#!/bin/sh\nexit 1\n");
    await chmod(server, 0o755);
    const { code, stderr } = await up(workspace, { PENSTOCK_NATS_SERVER: server });
    assert.equal(code, 1);
    assert(stderr.includes(server), "where");
    assert.match(stderr, /what to do: /);
    assert.deepEqual(processesOf(workspace.folder), []);
  }));

test("a nats-server that ends at once ends the start with its last words", () =>
  withWorkspace(async (workspace) => {
    const server = join(workspace.folder, "nats-server");
    const script = `#!/bin/sh
[ "$1" = --version ] || [ "$1" = -v ] && { echo "nats-server: v2.15.1"; exit 0; }
echo "[1] 2026/11/23 10:00:00.000000 [FTL] no space left on device" >&2
exit 1
`;
    await writeFile(server, script);
    await chmod(server, 0o755);
    const { code, stderr } = await up(workspace, { PENSTOCK_NATS_SERVER: server });
    assert.equal(code, 1);
    assert.match(stderr, /the disk is full/);
    assert.match(stderr, /what to do: Free some space/);
    assert.deepEqual(processesOf(workspace.folder), []);
  }));

test("a nats-server elsewhere that does not answer ends the start with its address", () =>
  withWorkspace(async (workspace) => {
    const [port] = await freePorts(1);
    const { code, stderr } = await up(workspace, {}, "--nats", `nats://127.0.0.1:${port}`);
    assert.equal(code, 1);
    assert.match(stderr, new RegExp(`no nats-server answers at nats://127.0.0.1:${port}`));
    assert.match(stderr, /what to do: /);
    assert.deepEqual(processesOf(workspace.folder), []);
  }));

test("a port for operators that is taken ends the start with the port and what to do", () =>
  withWorkspace(async (workspace) => {
    const [port = 0] = await freePorts(1);
    const taken = await occupy(port);
    try {
      for (const option of ["--admin-listen", "--operations-listen"]) {
        const { code, stderr } = await up(workspace, {}, option, `127.0.0.1:${port}`);
        assert.equal(code, 1);
        assert.match(stderr, new RegExp(`port ${port} is in use by another program`));
        assert.match(stderr, new RegExp(`what to do: .* ${option}`));
        assert.deepEqual(processesOf(workspace.folder), []);
      }
    } finally {
      await close(taken);
    }
  }));

async function withWorkspace(body: (workspace: Workspace) => Promise<void>): Promise<void> {
  const workspace = await makeWorkspace();
  const [port = 0] = await freePorts(1);
  const echo = { urls: [`http://+:${port}/`], module: applicationPath("echo") };
  await configure(workspace, { version: 1, applicationPools: { echo } });
  try {
    await body(workspace);
  } finally {
    await removeWorkspace(workspace);
  }
}

async function up(
  { folder, state, environment }: Workspace,
  extra: NodeJS.ProcessEnv,
  ...args: readonly string[]
): Promise<CommandEnd & { readonly stderr: string }> {
  const [admin, operations] = await freePorts(2);
  return await runCommand(
    [
      "up",
      "--state",
      state,
      "--bind",
      "127.0.0.1",
      "--admin-listen",
      `127.0.0.1:${admin}`,
      "--operations-listen",
      `127.0.0.1:${operations}`,
      ...args,
    ],
    { directory: folder, environment: { ...environment, ...extra } },
  );
}
