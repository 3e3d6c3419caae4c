import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { formatSize, guessSize, parseSize } from "./size.ts";

const readable: readonly (readonly [text: string, bytes: number])[] = [
  ["0B", 0],
  ["17B", 17],
  ["512KiB", 524_288],
  ["64MiB", 67_108_864],
  ["1GiB", 1_073_741_824],
];

for (const [text, bytes] of readable) {
  test(`${text} is ${bytes} bytes`, () => {
    assert.equal(parseSize(text), bytes);
    assert.equal(formatSize(bytes), text);
  });
}

for (const text of [
  "",
  "64",
  "64MB",
  "64M",
  "-1B",
  "1.5GiB",
  "64 MiB",
  "64mib",
  "9".repeat(20) + "GiB",
]) {
  test(`"${text}" is not a size`, () => assert.equal(parseSize(text), undefined));
}

test("a size that is written comes back as it was", () => {
  const anyBytes = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
  fc.assert(fc.property(anyBytes, (bytes) => parseSize(formatSize(bytes)) === bytes));
});

const guesses: readonly (readonly [written: string, meant: string])[] = [
  ["512MB", "512MiB"],
  ["512m", "512MiB"],
  ["64 kib", "64KiB"],
  ["1.5GiB", "1536MiB"],
];

for (const [written, meant] of guesses) {
  test(`"${written}" was probably meant as ${meant}`, () =>
    assert.equal(guessSize(written), meant));
}

test("what is no size at all is not guessed", () => {
  for (const text of ["", "big", "20", "1 constructor", "0.1B"]) {
    assert.equal(guessSize(text), undefined);
  }
});
