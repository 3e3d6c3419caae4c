import assert from "node:assert/strict";
import { test } from "node:test";
import { faultList } from "./fault.ts";
import { sourceText } from "./source-text.ts";
import { parseYaml } from "./yaml-document.ts";

function syntaxFaults(text: string): readonly string[] {
  const source = sourceText("f.yaml", text);
  const faults = faultList(source);
  parseYaml(source, faults);
  return faults.sorted().map(({ line, column, message }) => `${line}:${column} ${message}`);
}

const rows: readonly (readonly [title: string, text: string, ...faults: RegExp[]])[] = [
  ["a list that is not closed", "a: [1,\nb: 2", /^2:1 not valid YAML: Flow sequence/],
  ["a quote that is not closed", "a: 'x", /^1:6 not valid YAML: Missing closing/],
  ["a tab as indentation", "a:\n\tb: 1", /^2:1 not valid YAML: Tabs are not allowed/],
  ["two documents in one file", "a: 1\n---\nb: 2", /^2:1 not valid YAML: .*multiple documents/],
  ["a tag that nobody knows", "a: !secret b", /^1:4 not valid YAML: Unresolved tag/],
  ["an expression without quotes in a list", "a: [${B}, c]", /^1:5 \$\{B\} must be quoted/],
  ["what follows the first confusion", "- a\nb: 1\nc: 2", /^2:1 not valid YAML/],
  ["two faults that have nothing to do with each other", "a: !x 1\nb: !y 2", /^1:4/, /^2:4/],
  [
    "a duplicate key in a part that is ours",
    "a: { b: 1, b: 2 }",
    /^1:12 duplicate key "b", first at f.yaml:1:6/,
  ],
  ["a duplicate key in a part that is not", "x-a: { b: 1, b: 2 }", /^1:14 duplicate key/],
];

for (const [title, text, ...faults] of rows) {
  test(`${title} is reported where it stands`, () => {
    const found = syntaxFaults(text);
    assert.equal(found.length, faults.length, JSON.stringify(found));
    for (const [index, fault] of faults.entries()) assert.match(found[index] ?? "", fault);
  });
}

test("a file that nests without end is refused with one fault", () => {
  for (const opening of ["[", "{a: ", "- "]) {
    assert.deepEqual(
      syntaxFaults(opening.repeat(20_000)).filter((fault) => !fault.includes("nested too deeply")),
      [],
    );
  }
});
