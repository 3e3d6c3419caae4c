// Tests with every outcome, for the reporter's own test. Not named `….test.ts`: only that test runs them.

import assert from "node:assert/strict";
import { suite, test } from "node:test";

test("passes", () => {});

test("fails", () => {
  assert.equal(1, 2);
});

suite("outer", () => {
  suite("inner", () => {
    test("passes, deep down", () => {});
    test("is skipped, deep down", { skip: "no engine answers" }, () => {});
  });
});

suite("a suite that is skipped", { skip: "no engine answers" }, () => {
  test("is not even named", () => {});
});

test("is skipped while it runs", (t) => {
  t.skip("no network");
});

test("is skipped without a reason", { skip: true }, () => {});

test("sees nothing of the reporter in its environment", () => {
  assert.deepEqual(
    Object.keys(process.env).filter((name) => name.startsWith("PENSTOCK_TEST_")),
    [],
  );
  assert.equal(process.env["NODE_OPTIONS"], "--no-warnings");
});
