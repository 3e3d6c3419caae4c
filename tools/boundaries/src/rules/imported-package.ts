// Which workspace package an import means: the first step of most rules.

import type { Import } from "../imports.ts";
import type { PackageUnderRule } from "../package-under-rule.ts";
import type { SourceModule } from "../source-module.ts";

/** An import of one workspace package by another. */
export interface PackageImport extends Import {
  readonly from: PackageUnderRule;
  readonly to: PackageUnderRule;
}

/** What this module imports from other packages of the workspace. */
export function packageImports(
  { owner, imports }: SourceModule,
  packages: readonly PackageUnderRule[],
): PackageImport[] {
  if (!owner) return [];
  return imports.flatMap((found) => {
    const to = packages.find(({ name }) => isWithin(found.specifier, name));
    return to && to !== owner ? [{ ...found, from: owner, to }] : [];
  });
}

function isWithin(specifier: string, name: string): boolean {
  return specifier === name || specifier.startsWith(`${name}/`);
}
