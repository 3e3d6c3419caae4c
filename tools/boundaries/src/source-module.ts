// A TypeScript file as the rules see it: parsed once, then handed to each rule. Pure, so that a rule's
// test writes the text of a file and needs no file.

import { importsOf, type Import } from "./imports.ts";
import type { PackageUnderRule } from "./package-under-rule.ts";
import { tokenize, type Token } from "./tokens.ts";

/** A parsed TypeScript file of the repository. */
export interface SourceModule {
  /** Relative to the repository, with slashes. */
  readonly path: string;
  /** The package it lies in, if it lies in one. */
  readonly owner: PackageUnderRule | undefined;
  /** True for tests and for what only tests use: `x.test.ts`, `conformance.ts`, `test-support/`, `testdata/`. */
  readonly isForTests: boolean;
  readonly imports: readonly Import[];
  readonly comments: readonly Token[];
  /** The first thing in the file, a line for the shell aside. */
  readonly opening: Token | undefined;
  /** Numbers of the lines that hold code: not blank, not only comment. */
  readonly codeLines: readonly number[];
}

const testSide =
  /\.test\.tsx?$|(?:^|[-/])conformance\.ts$|\.test-support\.ts$|\/(?:test-support|testdata)\//;

/** Parses a file. `packages` decide whose it is. */
export function parseModule(
  path: string,
  text: string,
  packages: readonly PackageUnderRule[],
): SourceModule {
  const tokens = tokenize(text);
  const codeLines = new Set<number>();
  for (const token of tokens)
    if (token.kind !== "comment")
      for (const [offset, content] of token.text.split("\n").entries())
        if (content.trim() !== "") codeLines.add(token.line + offset);
  return {
    path,
    owner: packages.find(({ directory }) => path.startsWith(`${directory}/`)),
    isForTests: testSide.test(path),
    imports: importsOf(tokens),
    comments: tokens.filter((token) => token.kind === "comment"),
    opening: tokens.find((token) => !token.text.startsWith("#!")),
    codeLines: [...codeLines].toSorted((a, b) => a - b),
  };
}
