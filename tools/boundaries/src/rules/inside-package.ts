// A relative path stays inside its package. What lies in another is imported by that package's name.

import { posix } from "node:path";

import type { ModuleRule } from "../rule.ts";

/** No relative import out of the package. */
export const insidePackage: ModuleRule = {
  name: "inside-package",
  *check({ owner, path, imports }) {
    if (!owner) return;
    for (const { specifier, line } of imports) {
      if (!specifier.startsWith(".")) continue;
      const target = posix.join(posix.dirname(path), specifier);
      if (!target.startsWith(`${owner.directory}/`))
        yield {
          line,
          message: `${specifier} leaves ${owner.name}: import the other package by name`,
        };
    }
  },
};
