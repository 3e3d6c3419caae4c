// A part of each suite, on both ways through Penstock. All of them: `node tools/suites/src/main.ts`.

import assert from "node:assert/strict";
import test from "node:test";
import { readKnownDifferences } from "./known/known-differences.ts";
import { partOfEach } from "./parts.ts";
import { tallyOf } from "./runs/outcome.ts";
import { runWays } from "./run-ways.ts";
import { suites } from "./suites.ts";

/** Fewer tests than this in all parts together, on one way, and something did not run. */
const TESTS_MIN = 450;

const known = readKnownDifferences();

for (const way of ["forwarder", "module"] as const) {
  test(`what the suites see behind Penstock, by the ${way} way, is as listed`, async (context) => {
    let sum = 0;
    for await (const result of runWays({ ways: [way], suites, parts: partOfEach }, known)) {
      const { suite, outcomes, verdict, seconds } = result;
      const { tests, passed } = tallyOf(outcomes);
      context.diagnostic(`${suite}: ${passed} of ${tests} passed (${Math.round(seconds)} s)`);
      assert(tests > 0, `${suite} has tests`);
      assert.deepEqual(verdict, { unlisted: [], mended: [], missing: 0 }, suite);
      sum += tests;
    }
    assert(sum > TESTS_MIN, `${sum} tests ran`);
  });
}
