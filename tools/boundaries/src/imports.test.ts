import assert from "node:assert/strict";
import { test } from "node:test";

import { importsOf } from "./imports.ts";
import { tokenize } from "./tokens.ts";

const texts: Record<string, readonly string[]> = {
  'import x from "a";': ["a"],
  'import x, { y as z } from "a";': ["a"],
  'import * as x from "a"': ["a"],
  'import type { X } from "a";': ["a"],
  'import { type X, "odd name" as y } from "a";': ["a"],
  'import "a";': ["a"],
  "import 'a';": ["a"],
  'import data from "a.json" with { type: "json" };': ["a.json"],
  'import {\n  x, // "no"\n  y,\n} from "a";': ["a"],
  'export * from "a";': ["a"],
  'export * as x from "a";': ["a"],
  'export { x } from "a";': ["a"],
  'export type { X } from "a";': ["a"],
  'const x = await import("a");': ["a"],
  'type X = import("a").X;': ["a"],
  'createRequire(import.meta.url)("a") as typeof A;': ["a"],
  'const require = createRequire(import.meta.url); require("a");': ["a"],
  'import "a"; import { b } from "b"; export { c } from "c";': ["a", "b", "c"],
  "const x = await import(name);": [],
  'export { x };\nconst y = Array.from("a");': [],
  'export const from = "a";': [],
  'export type X = { from: "a" };': [],
  'x.import("a"); import.meta.resolve("a");': [],
  '// import "a"\nconst text = \'import "b"\';': [],
};

for (const [text, specifiers] of Object.entries(texts)) {
  test(`${JSON.stringify(text)} imports ${specifiers.join(" and ") || "nothing"}`, () => {
    assert.deepEqual(
      importsOf(tokenize(text)).map(({ specifier }) => specifier),
      specifiers,
    );
  });
}

test("an import is found at the line of its source", () => {
  assert.deepEqual(importsOf(tokenize('import {\n  x,\n} from "a";')), [
    { specifier: "a", line: 3 },
  ]);
});
