// A package is entered through what its package.json exports, never through a file inside it: what is not
// exported may change without asking.

import type { ModuleRule } from "../rule.ts";
import { packageImports } from "./imported-package.ts";

/** No deep imports. */
export const packageEntrance: ModuleRule = {
  name: "package-entrance",
  *check(module, packages) {
    for (const { to, specifier, line } of packageImports(module, packages))
      if (!to.entrances.includes(specifier)) {
        const entrances = to.entrances.join(", ") || "nothing";
        yield {
          line,
          message: `${specifier} is no entrance of ${to.name} (it exports ${entrances})`,
        };
      }
  },
};
