// An application that is deployed: a module file for each version. It answers which one it is after five
// milliseconds, so that some requests are always in somebody's hands.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";

/** What a version answers. */
export function versionAnswer(version: number): string {
  return `version ${version}`;
}

/** Writes a version's module into a folder and returns its path. */
export async function writeVersion(folder: string, version: number): Promise<string> {
  const path = join(folder, `version-${version}.mjs`);
  const lines = [
    "export default (request, response) => {",
    "  request.resume();",
    `  setTimeout(() => response.end("${versionAnswer(version)}"), 5);`,
    "};",
  ];
  await writeFile(path, `${lines.join("\n")}\n`);
  return path;
}
