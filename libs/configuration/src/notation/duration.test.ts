import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { formatDuration, guessDuration, parseDuration } from "./duration.ts";

const readable: readonly (readonly [text: string, ms: number])[] = [
  ["0s", 0],
  ["250ms", 250],
  ["90s", 90_000],
  ["20m", 1_200_000],
  ["1h30m", 5_400_000],
  ["29h", 104_400_000],
  ["1h2m3s4ms", 3_723_004],
  ["1m500ms", 60_500],
];

for (const [text, ms] of readable) {
  test(`${text} is ${ms} milliseconds`, () => assert.equal(parseDuration(text), ms));
}

for (const text of [
  "",
  "20",
  "-1s",
  "1.5h",
  "20 m",
  "30m1h",
  "1m1m",
  "1d",
  "s",
  "20M",
  "9".repeat(20) + "h",
]) {
  test(`"${text}" is not a duration`, () => assert.equal(parseDuration(text), undefined));
}

test("a duration that is written comes back as it was", () => {
  const anyMs = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
  fc.assert(fc.property(anyMs, (ms) => parseDuration(formatDuration(ms)) === ms));
});

const guesses: readonly (readonly [written: string, meant: string])[] = [
  ["20 minutes", "20m"],
  ["1 hour, 30 min", "1h30m"],
  ["30m1h", "1h30m"],
  ["7d", "168h"],
  ["1.5h", "1h30m"],
  ["20M", "20m"],
  ["00:20:00", "20m"],
  ["1.05:00:00", "29h"],
];

for (const [written, meant] of guesses) {
  test(`"${written}" was probably meant as ${meant}`, () => {
    assert.equal(guessDuration(written), meant);
  });
}

test("what is no time at all is not guessed", () => {
  for (const text of ["", "soon", "20", "5 constructor"])
    assert.equal(guessDuration(text), undefined);
});

test("every guess is a duration", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const guess = guessDuration(text);
      return guess === undefined || parseDuration(guess) !== undefined;
    }),
  );
});
