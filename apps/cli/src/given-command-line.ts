// For tests: the penstock binary run to its end, in a folder of its own.

import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));

/** What a command left behind. */
export interface CommandOutcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command. Nothing of this process's environment reaches it but PATH. */
export type RunCommand = (...args: readonly string[]) => Promise<CommandOutcome>;

/** A folder with these files, and commands that run in it; removed when the body is done. */
export async function withCommandLine(
  files: Readonly<Record<string, string>>,
  body: (run: RunCommand, folder: string) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "penstock-test-"));
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    await body((...args) => run(folder, args), folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function run(folder: string, args: readonly string[]): Promise<CommandOutcome> {
  const options = { cwd: folder, env: { PATH: process.env["PATH"] } };
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...args], options, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), stdout, stderr });
    });
  });
}
