// Programs of this machine that the bench can use but does not need.

import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { delimiter, join } from "node:path";

/** Where system programs are on Debian, which the PATH of a user does not name. */
const systemFolders = ["/usr/sbin", "/usr/local/sbin"];

/** A program that was found. */
export interface FoundProgram {
  readonly executable: string;
  readonly version: string;
}

/** Looks for a program on PATH and asks it for its version with `flag`. Undefined when there is none that runs. */
export async function findProgram(name: string, flag: string): Promise<FoundProgram | undefined> {
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  for (const folder of [...folders, ...systemFolders]) {
    const executable = join(folder, name);
    if (!(await isExecutable(executable))) continue;
    const version = /\d+\.\d+(?:\.\d+)?/.exec(await printed(executable, flag))?.[0];
    if (version !== undefined) return { executable, version };
  }
  return undefined;
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** What it says. wrk exits with 1 after telling its version, and nginx tells it on standard error. */
function printed(executable: string, flag: string): Promise<string> {
  return new Promise((resolve) => {
    execFile(executable, [flag], { timeout: 5000 }, (_error, stdout, stderr) =>
      resolve(stdout + stderr),
    );
  });
}
