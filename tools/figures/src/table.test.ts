import assert from "node:assert/strict";
import { test } from "node:test";
import { fixed, signed, table } from "./table.ts";

test("numbers stand to the right, text to the left", () => {
  const text = table([
    ["target", "requests/s", "state"],
    ["direct", "40000", ""],
    ["http-proxy", "9", "FAILED"],
  ]);
  assert.equal(
    text,
    [
      "  target      requests/s  state",
      "  direct           40000",
      "  http-proxy           9  FAILED",
    ].join("\n"),
  );
});

test("what is not known is a dash, and still stands among numbers", () => {
  assert.equal(fixed(NaN, 1), "-");
  assert.equal(fixed(1.25, 1), "1.3");
  assert.equal(signed(3, 1), "+3.0");
  assert.equal(signed(-3, 1), "-3.0");
  assert.equal(signed(NaN, 1), "-");
});
