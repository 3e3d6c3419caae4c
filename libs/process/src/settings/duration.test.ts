import assert from "node:assert/strict";
import test from "node:test";

import { parseDurationMs } from "./duration.ts";

const durations: Record<string, number | undefined> = {
  "250ms": 250,
  "90s": 90_000,
  "1.5s": 1500,
  "20m": 1_200_000,
  "1h30m": 5_400_000,
  "1h0m5s20ms": 3_605_020,
  "0s": 0,
  "": undefined,
  "90": undefined,
  "-5s": undefined,
  "5 s": undefined,
  "30m1h": undefined,
  "5d": undefined,
};

for (const [text, expected] of Object.entries(durations)) {
  test(`"${text}" is ${expected === undefined ? "no duration" : `${expected} ms`}`, () => {
    assert.equal(parseDurationMs(text), expected);
  });
}
