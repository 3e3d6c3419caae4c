// Executables on PATH, as a shell would find them. Also tells whether the tools of a Debian machine are
// there before they are called.

import { access, constants, stat } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";
import type { Look } from "./place.ts";

/** Every executable file of this name on the search path, in its order. */
export async function executablesNamed(
  name: string,
  searchPath: string | undefined,
): Promise<string[]> {
  // A relative entry would make the choice depend on where the process happens to stand.
  const folders = (searchPath ?? "").split(delimiter).filter((folder) => isAbsolute(folder));
  const paths = [...new Set(folders)].map((folder) => join(folder, name));
  const executable = await Promise.all(paths.map(isExecutableFile));
  return paths.filter((_, index) => executable[index]);
}

/** Looks for `nats-server` on PATH. */
export async function lookOnPath(searchPath: string | undefined): Promise<Look> {
  const binaries = await executablesNamed("nats-server", searchPath);
  if (binaries.length === 0) return { kind: "nothing", reason: "no nats-server on it" };
  return { kind: "offers", binaries };
}

async function isExecutableFile(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
