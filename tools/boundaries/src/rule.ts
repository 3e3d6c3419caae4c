// What a rule is: a pure question to one module, or to one text file, or to one package. Each rule has a
// file of its own under rules/ and a table of cases beside it.

import type { PackageUnderRule } from "./package-under-rule.ts";
import type { SourceModule } from "./source-module.ts";

/** Something that breaks a rule. */
export interface Finding {
  readonly line: number;
  /** What is wrong and, where it is not plain, what to do. */
  readonly message: string;
}

/** Looks at one TypeScript file. `packages` are those of the whole workspace. */
export interface ModuleRule {
  readonly name: string;
  readonly check: (
    module: SourceModule,
    packages: readonly PackageUnderRule[],
  ) => Iterable<Finding>;
}

/** Looks at the lines of one text file of any kind. */
export interface TextRule {
  readonly name: string;
  readonly check: (path: string, lines: readonly string[]) => Iterable<Finding>;
}

/** Looks at one package. Its findings belong to its package.json. */
export interface PackageRule {
  readonly name: string;
  readonly check: (subject: PackageUnderRule) => Iterable<Finding>;
}
