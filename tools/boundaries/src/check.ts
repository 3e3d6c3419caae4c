// All rules over the whole workspace. Pure: files come in as text, findings go out as lines.

import { packageEntrance } from "./rules/package-entrance.ts";
import { fileSize } from "./rules/file-size.ts";
import { insidePackage } from "./rules/inside-package.ts";
import { layerDirection } from "./rules/layer-direction.ts";
import { machinePaths } from "./rules/machine-path.ts";
import { oneDoor } from "./rules/one-door.ts";
import { openingProse } from "./rules/opening-prose.ts";
import { planeSeparation } from "./rules/plane-separation.ts";
import { tags } from "./rules/tags.ts";
import { unfinishedWork, unfinishedWorkInText } from "./rules/unfinished-work.ts";
import { unshippedCode } from "./rules/unshipped-code.ts";
import type { PackageUnderRule } from "./package-under-rule.ts";
import type { Finding, ModuleRule, PackageRule, TextRule } from "./rule.ts";
import { parseModule } from "./source-module.ts";

/** A file of the repository. */
export interface TextFile {
  /** Relative to the repository, with slashes. */
  readonly path: string;
  readonly text: string;
}

const packageRules: readonly PackageRule[] = [tags];
const textRules: readonly TextRule[] = [unfinishedWorkInText, machinePaths];
const moduleRules: readonly ModuleRule[] = [
  layerDirection,
  planeSeparation,
  unshippedCode,
  oneDoor,
  packageEntrance,
  insidePackage,
  openingProse,
  fileSize,
  unfinishedWork,
];

/** Every finding as `file:line rule: message`, in the order of the files. */
export function checkWorkspace(
  packages: readonly PackageUnderRule[],
  files: readonly TextFile[],
): string[] {
  return [
    ...packages.flatMap((subject) =>
      packageRules.flatMap(({ name, check }) =>
        report(`${subject.directory}/package.json`, name, check(subject)),
      ),
    ),
    ...files.flatMap((file) => checkFile(file, packages)),
  ];
}

function checkFile({ path, text }: TextFile, packages: readonly PackageUnderRule[]): string[] {
  const lines = text.split("\n");
  const findings = textRules.flatMap(({ name, check }) => report(path, name, check(path, lines)));
  if (!/\.tsx?$/.test(path)) return findings;
  const module = parseModule(path, text, packages);
  return [
    ...findings,
    ...moduleRules.flatMap(({ name, check }) => report(path, name, check(module, packages))),
  ];
}

function report(path: string, rule: string, findings: Iterable<Finding>): string[] {
  return [...findings].map(({ line, message }) => `${path}:${line} ${rule}: ${message}`);
}
