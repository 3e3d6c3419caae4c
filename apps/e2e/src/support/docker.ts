// The docker command, for what a test does as a user would.

import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Output of a command that is not expected to be long. */
const OUTPUT_MAX_BYTES = 64 * 1024 * 1024;

/** Runs `docker …` and returns what it printed. Rejects with what it complained about. */
export async function docker(
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<string> {
  const { stdout } = await run("docker", args, {
    env: { ...process.env, ...environment },
    maxBuffer: OUTPUT_MAX_BYTES,
  });
  return stdout.trim();
}

/** The lines that it printed. */
export async function dockerLines(args: readonly string[]): Promise<string[]> {
  return (await docker(args)).split("\n").filter((line) => line !== "");
}
