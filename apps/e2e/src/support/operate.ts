// Operators' commands to a running Penstock.

import assert from "node:assert/strict";
import { CommandLine, runCommand } from "./command-line.ts";
import type { Penstock } from "./penstock.ts";

/** Runs a command against it, to its end. */
export function command(penstock: Penstock, ...args: readonly string[]) {
  return runCommand(addressed(penstock, args), whereabouts(penstock));
}

/** Runs a command that must succeed; returns what it printed. */
export async function operate(penstock: Penstock, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await command(penstock, ...args);
  assert.equal(code, 0, stderr);
  return stdout;
}

/** A command that goes on until it is ended. */
export function follow(penstock: Penstock, ...args: readonly string[]): CommandLine {
  return new CommandLine(addressed(penstock, args), whereabouts(penstock));
}

function addressed({ workspace, adminAddress }: Penstock, args: readonly string[]): string[] {
  return [...args, "--state", workspace.state, "--admin-listen", adminAddress];
}

function whereabouts({ workspace }: Penstock) {
  return { environment: workspace.environment, directory: workspace.folder };
}
