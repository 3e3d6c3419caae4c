import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { sourceText } from "./source-text.ts";

test("lines and columns are counted from 1, also behind the last character", () => {
  const source = sourceText("f", "ab\n\ncd");
  assert.deepEqual(source.position(0), { line: 1, column: 1 });
  assert.deepEqual(source.position(2), { line: 1, column: 3 });
  assert.deepEqual(source.position(3), { line: 2, column: 1 });
  assert.deepEqual(source.position(6), { line: 3, column: 3 });
  assert.deepEqual(sourceText("f", "").position(0), { line: 1, column: 1 });
});

test("a position is what splitting the text at line feeds says", () => {
  const anyText = fc.array(fc.constantFrom("a", "\n", "\r\n")).map((parts) => parts.join(""));
  fc.assert(
    fc.property(anyText, fc.nat(), (text, seed) => {
      const offset = seed % (text.length + 1);
      const lines = text.slice(0, offset).split("\n");
      assert.deepEqual(sourceText("f", text).position(offset), {
        line: lines.length,
        column: (lines.at(-1) ?? "").length + 1,
      });
    }),
  );
});

test("a line comes without its end, and outside of the text there are only empty ones", () => {
  const source = sourceText("f", "ab\r\n\ncd");
  assert.deepEqual(
    [0, 1, 2, 3, 4].map((number) => source.line(number)),
    ["", "ab", "", "cd", ""],
  );
});
