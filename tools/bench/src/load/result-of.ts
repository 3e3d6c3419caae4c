// A program that prints its result as JSON in its last line.

import type { ChildProcesses } from "../processes/child-processes.ts";

/** Runs `program` with Node and reads its result. Rejects when it fails. */
export async function resultOf<Result>(
  processes: ChildProcesses,
  name: string,
  program: string,
  given: readonly (string | number)[],
): Promise<Result> {
  const run = processes.start({
    name,
    executable: process.execPath,
    arguments: [program, ...given.map(String)],
    keepOutput: true,
  });
  const code = await run.exited;
  if (code !== 0) throw new Error(`${name} failed (${code}):\n${run.output}`);
  // Node may have had to say something before.
  return JSON.parse(run.output.trim().split("\n").at(-1) ?? "") as Result;
}
