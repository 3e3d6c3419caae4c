import assert from "node:assert/strict";
import { test } from "node:test";

import { closingLine, failureReport, skippedReport, sumTallies, type Tally } from "./tally.ts";

const tally = (facts: Partial<Tally>): Tally => ({
  project: "@penstock/a",
  passed: 0,
  failed: 0,
  failures: [],
  skipped: [],
  ...facts,
});

test("the closing line sums over all projects", () => {
  const sum = sumTallies([tally({ passed: 3, failed: 1 }), tally({ passed: 4 })], 1);
  assert.equal(closingLine(sum), "7 passed, 1 failed");
});

test("skipped tests stand in the closing line when there are any", () => {
  const skipped = [{ title: "a", reason: "" }];
  assert.equal(
    closingLine(sumTallies([tally({ passed: 1, skipped })], 0)),
    "1 passed, 0 failed, 1 skipped",
  );
});

test("a run that broke without a failed test has one failure", () => {
  assert.equal(closingLine(sumTallies([tally({ passed: 3 })], 1)), "3 passed, 1 failed");
  assert.equal(closingLine(sumTallies([], 1)), "0 passed, 1 failed");
});

test("what was not run is told by project and reason, with its titles", () => {
  const report = skippedReport([
    tally({
      skipped: [
        { title: "suite > starts a container", reason: "no engine answers" },
        { title: "suite > stops it", reason: "no engine answers" },
        { title: "later", reason: "" },
      ],
    }),
    tally({ project: "@penstock/b" }),
  ]);
  assert.deepEqual(report, [
    "Not run on this machine:",
    "  @penstock/a: no engine answers",
    "    suite > starts a container",
    "    suite > stops it",
    "  @penstock/a: skipped without a reason",
    "    later",
  ]);
  assert.deepEqual(skippedReport([tally({})]), []);
});

test("what failed is told with its place and its cause", () => {
  const report = failureReport([
    tally({
      failed: 2,
      failures: [
        { title: "suite > answers", place: "/a/b.test.ts:7", cause: "Error: no\n    at c" },
        { title: "ends", place: "", cause: "" },
      ],
    }),
    tally({ project: "@penstock/b" }),
  ]);
  assert.deepEqual(report, [
    "Failed:",
    "  @penstock/a: suite > answers",
    "    /a/b.test.ts:7",
    "    Error: no",
    "        at c",
    "  @penstock/a: ends",
  ]);
  assert.deepEqual(failureReport([tally({})]), []);
});
