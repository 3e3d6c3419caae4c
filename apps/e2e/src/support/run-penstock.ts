// Runs `penstock up` around the body of a test, in a workspace of its own.

import assert from "node:assert/strict";
import { CommandLine } from "./command-line.ts";
import { eventually } from "./eventually.ts";
import { freePorts } from "@penstock/testing";
import { Penstock, type Place, type Pools } from "./penstock.ts";
import { processesOf } from "./process-table.ts";
import {
  applicationPath,
  configure,
  makeWorkspace,
  removeWorkspace,
  type Workspace,
} from "./workspace.ts";

/** How long a start may take, milliseconds: generous, for a machine that does much else. */
const START_LIMIT_MS = 20_000;

/** How Penstock is started. */
export interface StartOptions {
  readonly environment?: NodeJS.ProcessEnv;
  /** Called before the start, with everything in place. */
  readonly before?: (place: Place) => Promise<void> | void;
}

/** Starts Penstock with these pools (or with a whole file's text), runs the test's body, stops it; nothing is left afterwards, whatever happens. */
export async function withPenstock(
  configuration: (place: Place) => Pools | string,
  body: (penstock: Penstock) => Promise<void>,
  options: StartOptions = {},
): Promise<void> {
  const workspace = await makeWorkspace();
  let penstock: Penstock | undefined;
  try {
    penstock = await launch(workspace, configuration, options);
    await untilUp(penstock.command);
    await body(penstock);
    await penstock.stop();
  } catch (failure) {
    if (penstock) process.stderr.write(penstock.command.said);
    throw failure;
  } finally {
    for (const { pid } of processesOf(workspace.folder)) kill(pid);
    await removeWorkspace(workspace);
  }
}

/** Starts Penstock without waiting for anything. The caller ends it and removes the workspace. */
export async function launch(
  workspace: Workspace,
  configuration: (place: Place) => Pools | string,
  options: StartOptions = {},
): Promise<Penstock> {
  const [port = 0, otherPort = 0, admin = 0, operations = 0] = await freePorts(4);
  const place: Place = {
    folder: workspace.folder,
    port,
    otherPort,
    url: (path) => `http://+:${port}${path}`,
    application: applicationPath,
  };
  const content = configuration(place);
  await configure(
    workspace,
    typeof content === "string" ? content : { version: 1, applicationPools: content },
  );
  await options.before?.(place);
  const args = [
    "up",
    "--config",
    workspace.configuration,
    "--state",
    workspace.state,
    "--bind",
    "127.0.0.1",
    "--log-level",
    "info",
    "--admin-listen",
    `127.0.0.1:${admin}`,
    "--operations-listen",
    `127.0.0.1:${operations}`,
  ];
  const command = new CommandLine(args, {
    environment: { ...workspace.environment, ...options.environment },
    directory: workspace.folder,
  });
  return new Penstock(place, workspace, command, { admin, operations });
}

/** Resolves when the banner was printed. Rejects when the process ends before. */
export async function untilUp(command: CommandLine): Promise<void> {
  const look = () => ({ up: command.stdout.includes("is up after"), ended: command.hasEnded });
  const seen = await eventually("penstock is up", look, {
    found: ({ up, ended }) => up || ended,
    withinMs: START_LIMIT_MS,
  });
  assert(seen.up, "penstock is up");
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It is gone.
  }
}
