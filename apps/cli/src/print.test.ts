import assert from "node:assert/strict";
import test from "node:test";
import { columns } from "./print.ts";

test("columns are as wide as their widest cell, two spaces apart, without spaces at the end", () => {
  const text = columns([
    ["POOL", "STATE", ""],
    ["a", "started", "x"],
    ["longer", "", ""],
  ]);
  assert.equal(text, "POOL    STATE\na       started  x\nlonger");
});

test("rows may differ in length, and none is fine", () => {
  assert.equal(columns([["a"], ["b", "c"]]), "a\nb  c");
  assert.equal(columns([]), "");
});
