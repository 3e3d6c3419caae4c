// Tells a process from another that got the same pid later: by the time at which it started and by its
// command line. Linux answers from /proc; elsewhere `ps` is asked.

import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/** An opaque mark of when this pid was started; undefined when no such process runs. */
export async function startTimeOf(pid: number): Promise<string | undefined> {
  if (process.platform !== "linux") return askPs(pid, "lstart=");
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  // The second field is the command in parentheses and may hold anything: count from behind it.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state, startTime] = [fields[0], fields[19]];
  return state === "Z" || state === "X" ? undefined : startTime;
}

/** The command line of a process; undefined when no such process runs. */
export async function commandLineOf(pid: number): Promise<string | undefined> {
  if (process.platform !== "linux") return askPs(pid, "command=");
  const bytes = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
  // A process that ended and was not yet waited for has an empty one.
  return bytes === "" ? undefined : bytes.replaceAll("\0", " ").trim();
}

async function askPs(pid: number, column: string): Promise<string | undefined> {
  try {
    const { stdout } = await run("ps", ["-o", column, "-p", String(pid)]);
    return stdout.trim() || undefined;
  } catch {
    return undefined;
  }
}
