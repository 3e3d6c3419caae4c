// Rules about the file system: the module and the working folder of a pool exist. Found out here, with
// a line number, and not by the first request.

import { statSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import type { Reading } from "../reading/reading.ts";
import { formatKeyPath, type KeyPath } from "../source/key-path.ts";
import { locate, type CandidatePool } from "./pool-layer.ts";

/** What stands at an absolute path; undefined when nothing does. */
export type LookUp = (path: string) => "file" | "folder" | undefined;

/** Looks into the file system of this machine. Whatever cannot be seen counts as absent. */
export const lookUpOnDisk: LookUp = (path) => {
  try {
    return statSync(path).isDirectory() ? "folder" : "file";
  } catch {
    return undefined;
  }
};

/** Where relative paths start, and how to look. */
export interface Surroundings {
  readonly home: string;
  readonly lookUp: LookUp;
}

/** Reports a module that is no file and a directory that is no folder. */
export function checkApplicationFiles(
  reading: Reading,
  pool: CandidatePool,
  { home, lookUp }: Surroundings,
): void {
  const { module, directory, container } = pool.settings;
  // What lies in an image cannot be seen from here.
  if (container.image !== undefined) return;
  const finding = module === undefined ? undefined : moduleFinding(module, { home, lookUp });
  if (finding !== undefined) report(reading, pool, ["module"], finding);
  if (directory === undefined) return;
  const found = lookUp(resolve(home, directory));
  if (found === undefined)
    report(reading, pool, ["directory"], { message: `${directory} does not exist` });
  if (found === "file")
    report(reading, pool, ["directory"], { message: `${directory} is not a folder` });
}

/** What stands against a path as a module; undefined when nothing does. */
export function moduleFinding(
  module: string,
  { home, lookUp }: Surroundings,
): { readonly message: string; readonly suggestion?: string } | undefined {
  if (!isAbsolute(module) && !/^\.\.?\//.test(module))
    return {
      message: `${JSON.stringify(module)} is not a path to a file`,
      suggestion: `write ./${module}`,
    };
  const found = lookUp(resolve(home, module));
  if (found === undefined) return { message: `${module} does not exist` };
  return found === "folder" ? { message: `${module} is a folder, expected a file` } : undefined;
}

function report(
  reading: Reading,
  pool: CandidatePool,
  keys: KeyPath,
  finding: { readonly message: string; readonly suggestion?: string },
): void {
  const located = locate(reading, pool, keys);
  if (located === undefined) return;
  reading.faults.add({
    range: located.place.value,
    path: located.path,
    message: `${formatKeyPath(located.path)}: ${finding.message}`,
    suggestion: finding.suggestion,
  });
}
