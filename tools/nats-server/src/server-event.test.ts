import assert from "node:assert/strict";
import { test } from "node:test";
import { parseLogLine } from "./server-event.ts";

test("a log line is read with its level and without pid and time", () => {
  assert.deepEqual(parseLogLine("[7] 2026/11/23 12:44:53.178959 [WRN] Slow consumer"), {
    kind: "log",
    level: "warn",
    text: "Slow consumer",
  });
});

test("a line in no known form counts as an error", () => {
  for (const text of ["panic: runtime error", "[7] 2026/11/23 12:44:53 [XXX] what"]) {
    assert.deepEqual(parseLogLine(text), { kind: "log", level: "error", text });
  }
});
