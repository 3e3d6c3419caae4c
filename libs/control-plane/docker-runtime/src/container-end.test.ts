import assert from "node:assert/strict";
import { test } from "node:test";
import { containerEnd } from "./container-end.ts";

const state = {
  Running: false,
  Paused: false,
  ExitCode: 0,
  OOMKilled: false,
  FinishedAt: "2026-11-23T10:00:00.5Z",
};
const at = Date.parse(state.FinishedAt);

const rows = [
  ["an exit by itself", { ...state, ExitCode: 7 }, false, [7, null, false]],
  ["a kill", { ...state, ExitCode: 137 }, false, [null, "SIGKILL", false]],
  ["a termination", { ...state, ExitCode: 143 }, false, [null, "SIGTERM", false]],
  ["a crash in native code", { ...state, ExitCode: 139 }, false, [null, "SIGSEGV", false]],
  ["an abort", { ...state, ExitCode: 134 }, false, [null, "SIGABRT", false]],
  ["V8 at its limit", { ...state, ExitCode: 134 }, true, [null, "SIGABRT", true]],
  [
    "the memory limit",
    { ...state, ExitCode: 137, OOMKilled: true },
    false,
    [null, "SIGKILL", true],
  ],
  [
    "a child that was too large, then an exit",
    { ...state, ExitCode: 1, OOMKilled: true },
    false,
    [1, null, false],
  ],
  ["an exit with 255", { ...state, ExitCode: 255 }, false, [255, null, false]],
] as const;

for (const [what, told, heapExhausted, [code, signal, outOfMemory]] of rows) {
  test(`${what} is told as it was`, () => {
    assert.deepEqual(containerEnd(told, heapExhausted, 1), { code, signal, outOfMemory, at });
  });
}

test("an end that the engine did not see is dated now", () => {
  const unseen = { ...state, FinishedAt: "0001-01-01T00:00:00Z" };
  assert.equal(containerEnd(unseen, false, 77).at, 77);
});
