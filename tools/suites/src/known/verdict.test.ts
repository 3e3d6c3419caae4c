import assert from "node:assert/strict";
import test from "node:test";
import type { Outcome } from "../runs/outcome.ts";
import { isAsListed, judge } from "./verdict.ts";

const passed = (name: string): Outcome => ({ test: name, result: "passed" });
const failed = (name: string, message = "differs"): Outcome => ({
  test: name,
  result: "failed",
  message,
});

test("a run that fails where it is listed, and nowhere else, is as listed", () => {
  const verdict = judge([passed("a"), failed("b")], { listed: { b: "why" }, tests: 2 });
  assert.deepEqual(verdict, { unlisted: [], mended: [], missing: 0 });
  assert(isAsListed(verdict));
});

test("a failure that is not listed is a new difference", () => {
  const verdict = judge([failed("a")], { listed: {}, tests: 1 });
  assert.deepEqual(
    verdict.unlisted.map(({ test: name }) => name),
    ["a"],
  );
  assert.equal(isAsListed(verdict), false);
});

test("a test that failed because of those inside it is none", () => {
  const outcomes = [failed("a > b"), failed("a", "1 subtest failed")];
  assert(isAsListed(judge(outcomes, { listed: { "a > b": "why" }, tests: 2 })));
});

test("what is listed and passes, or is gone, has to leave the list", () => {
  const verdict = judge([passed("a")], { listed: { a: "why", b: "why" }, tests: 1 });
  assert.deepEqual(verdict.mended, ["a", "b"]);
  assert.equal(isAsListed(verdict), false);
});

test("what fails at times may pass and stays listed", () => {
  const listed = { a: "race", b: "why" };
  const verdict = judge([passed("a"), failed("b")], { listed, tests: 2, unsteady: ["race"] });
  assert(isAsListed(verdict));
  assert.deepEqual(judge([], { listed, tests: 0, unsteady: ["race"] }).mended, ["b"]);
});

test("tests that did not run are missed", () => {
  assert.equal(judge([passed("a")], { listed: {}, tests: 3 }).missing, 2);
});
