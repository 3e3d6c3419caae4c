import assert from "node:assert/strict";
import { test } from "node:test";
import { formatFault, formatFaults } from "./fault-text.ts";
import { faultList, type Fault, type Finding } from "./fault.ts";
import { sourceText } from "./source-text.ts";

function faultIn(text: string, finding: Omit<Finding, "path" | "message">): Fault {
  const faults = faultList(sourceText("penstock.yaml", text));
  faults.add({ path: [], message: "something is wrong", ...finding });
  const [fault] = faults.sorted();
  assert(fault !== undefined);
  return fault;
}

test("a fault shows its place, the line before, its own line and what to do", () => {
  const text = "a: 1\n  image: x\n  queueLenght: 500\n";
  const range = { start: 18, end: 29 };
  const fault = faultIn(text, { range, suggestion: 'did you mean "queueLength"?' });
  assert.equal(
    formatFault(fault),
    [
      "penstock.yaml:3:3  error  something is wrong",
      "  2 │   image: x",
      "  3 │   queueLenght: 500",
      '    │   ^^^^^^^^^^^ did you mean "queueLength"?',
    ].join("\n"),
  );
});

test("a fault at the end of an empty text is one caret wide", () => {
  const fault = faultIn("", { range: { start: 0, end: 0 } });
  assert.match(formatFault(fault), /\n {4}│ \^$/);
});

test("carets end with the line, even when the offending text goes on", () => {
  const text = "a: |\r\n  b\r\n  c\r\n";
  const fault = faultIn(text, { range: { start: 3, end: 14 } });
  assert.match(formatFault(fault), / 1 │ a: \|\n {4}│ {4}\^$/);
});

test("a tab is one column, and control characters are not sent to the terminal", () => {
  const text = "\tb: \u001b[31m";
  const shown = formatFault(faultIn(text, { range: { start: 1, end: 2 } }));
  assert.match(shown, / 1 │  b: �\[31m\n {4}│ {2}\^$/);
});

test("a long line is cut around the fault", () => {
  const text = `${"a".repeat(1000)}!${"b".repeat(1000)}`;
  const shown = formatFault(faultIn(text, { range: { start: 1000, end: 1001 } }));
  const [, line = "", carets = ""] = shown.split("\n");
  assert(line.length < 130);
  assert.equal(line[carets.indexOf("^")], "!");
});

test("colour is added only when asked for", () => {
  const fault = faultIn("a", { range: { start: 0, end: 1 } });
  assert(!formatFault(fault).includes("\u001b"));
  assert(formatFault(fault, { colour: true }).includes("\u001b[31m"));
});

const counts: readonly (readonly [errors: number, warnings: number, closing: string])[] = [
  [0, 0, "No faults."],
  [1, 0, "1 error. Nothing was applied."],
  [3, 1, "3 errors, 1 warning. Nothing was applied."],
  [0, 2, "2 warnings."],
];

for (const [errors, warnings, closing] of counts) {
  test(`${errors} errors and ${warnings} warnings close with "${closing}"`, () => {
    const range = { start: 0, end: 1 };
    const faults = [
      ...Array.from({ length: errors }, () => faultIn("a", { range })),
      ...Array.from({ length: warnings }, () => faultIn("a", { range, severity: "warning" })),
    ];
    assert.equal(formatFaults(faults).split("\n").at(-1), closing);
  });
}
