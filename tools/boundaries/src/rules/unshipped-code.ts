// What is not shipped must not get into what is. Tools, and the packages that exist for tests, are
// imported by tools, by examples and by tests; and one tool by the command line, whose `up` finds or
// fetches a nats-server.

import { isUnshipped, planeOf, type PackageUnderRule } from "../package-under-rule.ts";
import type { ModuleRule } from "../rule.ts";
import { packageImports } from "./imported-package.ts";

/** Libraries that tests share. */
const testLibraries: ReadonlySet<string> = new Set(["@penstock/testing"]);
/** Shipped packages that may import a tool, and which. */
const exceptions: Readonly<Record<string, string>> = { "@penstock/cli": "@penstock/nats-server" };

/** Tools and test libraries stay out of what is shipped. */
export const unshippedCode: ModuleRule = {
  name: "unshipped-code",
  *check(module, packages) {
    if (module.isForTests) return;
    for (const { from, to, line } of packageImports(module, packages)) {
      if (!staysOut(to) || isUnshipped(from) || testLibraries.has(from.name)) continue;
      if (exceptions[from.name] !== to.name)
        yield { line, message: `${to.name} is for tests and tools only` };
    }
  },
};

function staysOut(subject: PackageUnderRule): boolean {
  return planeOf(subject) === "tool" || testLibraries.has(subject.name);
}
