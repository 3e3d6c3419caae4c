// Where a suite runs: a copy of its package, with links to what its code and its tests import. The tests of
// an installed package cannot run in place: what they need is not installed beside it.

import { cpSync, mkdirSync, readdirSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Suite } from "../suites.ts";

const OWN_PACKAGES = fileURLToPath(new URL("../../node_modules", import.meta.url));
const CACHE = fileURLToPath(new URL("../../../../node_modules/.cache/suites", import.meta.url));

/** Lays a suite out anew and returns its folder. */
export function layOut(suite: Suite): string {
  const folder = join(CACHE, suite.name);
  rmSync(folder, { recursive: true, force: true });
  const installed = realpathSync(join(OWN_PACKAGES, suite.package));
  cpSync(installed, folder, { recursive: true });
  // In a linked install, a package's dependencies lie beside it.
  const beside = join(installed, ...suite.package.split("/").map(() => ".."));
  for (const name of packagesIn(beside))
    if (name !== suite.package) link(folder, name, join(beside, name));
  for (const name of suite.needs) link(folder, name, join(OWN_PACKAGES, name));
  for (const [alias, name] of Object.entries(suite.aliases ?? {}))
    link(folder, alias, join(OWN_PACKAGES, name));
  return folder;
}

function link(folder: string, name: string, target: string): void {
  const path = join(folder, "node_modules", name);
  mkdirSync(dirname(path), { recursive: true });
  rmSync(path, { force: true });
  symlinkSync(realpathSync(target), path);
}

/** Names of packages in a node_modules folder. */
function packagesIn(folder: string): string[] {
  return readdirSync(folder).flatMap((name) =>
    name.startsWith("@")
      ? readdirSync(join(folder, name)).map((each) => `${name}/${each}`)
      : name.startsWith(".")
        ? []
        : [name],
  );
}
