import assert from "node:assert/strict";
import test from "node:test";
import { markedGeneration, recyclesOf } from "./generation.ts";

test("a generation that was never recycled is its configuration's name", () => {
  assert.equal(markedGeneration("1defc9626298", 0), "1defc9626298");
  assert.equal(recyclesOf("1defc9626298"), 0);
});

test("a recycling is another generation, and can be read back", () => {
  assert.equal(markedGeneration("1defc9626298", 12), "1defc9626298.12");
  assert.equal(recyclesOf("1defc9626298.12"), 12);
});
