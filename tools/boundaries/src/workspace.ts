// Reads the workspace from disk: its packages, and the files that belong to the repository.

import { execFileSync } from "node:child_process";
import { existsSync, globSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";

import type { TextFile } from "./check.ts";
import type { PackageUnderRule } from "./package-under-rule.ts";

interface PackageFile {
  readonly name: string;
  readonly workspaces?: readonly string[];
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly nx?: { readonly tags?: readonly string[] };
}

/** All workspace packages below the root, those deeper in the tree first: a file belongs to the nearest. */
export function readPackages(root: string): PackageUnderRule[] {
  const { workspaces = [] } = readPackageFile(root, ".");
  return workspaces
    .flatMap((pattern) => globSync(`${pattern}/package.json`, { cwd: root }))
    .map((path) => posix.dirname(path.replaceAll("\\", "/")))
    .toSorted((a, b) => b.length - a.length)
    .map((directory) => {
      const { name, exports = {}, nx } = readPackageFile(root, directory);
      const entrances = Object.keys(exports).map((entrance) => posix.join(name, entrance));
      return { name, directory, tags: nx?.tags ?? [], entrances };
    });
}

/** Every text file that git tracks, or would if it were added. */
export function readFiles(root: string): TextFile[] {
  const listed = execFileSync(
    "git",
    ["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
    { cwd: root, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 },
  );
  const files: TextFile[] = [];
  for (const path of new Set(listed.split("\0"))) {
    const place = join(root, path);
    // Deleted in the work tree, but still listed.
    if (path === "" || !existsSync(place)) continue;
    const text = readFileSync(place, "utf8");
    if (!text.includes("\0")) files.push({ path, text });
  }
  return files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function readPackageFile(root: string, directory: string): PackageFile {
  return JSON.parse(readFileSync(join(root, directory, "package.json"), "utf8")) as PackageFile;
}
