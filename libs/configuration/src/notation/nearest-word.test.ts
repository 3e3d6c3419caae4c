import assert from "node:assert/strict";
import { test } from "node:test";
import { nearestWord } from "./nearest-word.ts";

const known = ["queueLength", "queueTimeout", "urls", "port", "OnDemand", "always"];

const meant: readonly (readonly [typed: string, word: string])[] = [
  ["queueLenght", "queueLength"],
  ["queuelength", "queueLength"],
  ["queueTimeOut", "queueTimeout"],
  ["url", "urls"],
  ["prot", "port"],
  ["ondemand", "OnDemand"],
  ["alwais", "always"],
];

for (const [typed, word] of meant) {
  test(`${typed} was probably meant as ${word}`, () =>
    assert.equal(nearestWord(typed, known), word));
}

test("a word that is close to none has no nearest", () => {
  for (const typed of ["", "bindings", "q", "x".repeat(100_000)]) {
    assert.equal(nearestWord(typed, known), undefined);
  }
});
