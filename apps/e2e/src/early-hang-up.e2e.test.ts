// SIGHUP while a role still starts does not end it.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { CommandLine } from "./support/command-line.ts";
import { eventually } from "./support/eventually.ts";
import { childrenOf, hearsHangUp, processesOf } from "./support/process-table.ts";
import { withLimit } from "./support/with-limit.ts";
import { makeWorkspace, removeWorkspace } from "./support/workspace.ts";

/** What each reads first, and what it says about a file that is none. */
const roles = [
  { role: "controller", flag: "--config", says: /penstock|configuration/i, code: 1 },
  { role: "listener", flag: "--nats-credentials-file", says: /credentials/i, code: 1 },
] as const;

for (const { role, flag, says, code } of roles)
  test(`a ${role} that has not read its first file yet outlives SIGHUP`, async () => {
    const workspace = await makeWorkspace();
    const { environment, folder, state } = workspace;
    // Whoever reads it waits until somebody writes.
    const file = join(folder, "pipe");
    execFileSync("mkfifo", [file]);
    const at = role === "controller" ? ["--state", state] : [];
    const command = new CommandLine([role, flag, file, ...at], { environment, directory: folder });
    try {
      const children = () => childrenOf(command.pid, `apps/${role}/src/main.ts`);
      const [pid = 0] = await eventually("it hears", children, {
        found: ([child]) => child !== undefined && hearsHangUp(child),
        withinMs: 30_000,
      });
      for (const each of [pid, command.pid]) process.kill(each, "SIGHUP");
      await writeFile(file, "what nobody can read: [");
      const end = await withLimit(command.ended, 30_000, "its end");
      assert.deepEqual(end, { code, signal: null }, command.said);
      assert.match(command.stderr, says);
    } finally {
      for (const { pid } of processesOf(folder)) process.kill(pid, "SIGKILL");
      await removeWorkspace(workspace);
    }
  });
