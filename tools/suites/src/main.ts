// Runs suites that others wrote with their servers behind Penstock, and compares what fails with the list:
//
//   node tools/suites/src/main.ts [--suite NAME]... [--way NAME]... [--file FILE]... [--record]
//
// Without options Fastify's runs behind a forwarding worker. Exits with 1 when a test fails that is not in
// known/known-differences.json, or one of those does not fail any more. --record writes what failed into
// that list, where whoever recorded it then says why.

import { parseArgs } from "node:util";
import {
  readKnownDifferences,
  recorded,
  UNEXPLAINED,
  writeKnownDifferences,
} from "./known/known-differences.ts";
import { isAsListed } from "./known/verdict.ts";
import { failuresOf, tallyOf } from "./runs/outcome.ts";
import { runWays, type SuiteResult } from "./run-ways.ts";
import { suites } from "./suites.ts";
import { wayNames } from "./ways/way.ts";

const { values } = parseArgs({
  options: {
    suite: { type: "string", multiple: true, default: ["fastify"] },
    way: { type: "string", multiple: true, default: ["forwarder"] },
    file: { type: "string", multiple: true },
    record: { type: "boolean", default: false },
  },
});

let known = readKnownDifferences();
let asListed = true;
const { file: files } = values;
const chosen = {
  ways: wayNames.filter((name) => values.way.includes(name)),
  suites: suites.filter(({ name }) => values.suite.includes(name)),
  ...(files && { parts: Object.fromEntries(values.suite.map((name) => [name, files])) }),
};
for await (const result of runWays(chosen, known)) {
  report(result);
  asListed &&= isAsListed(result.verdict);
  if (!values.record) continue;
  const { suite, way, outcomes } = result;
  const failed = failuresOf(outcomes).map(({ test }) => test);
  known = recorded(known, { suite, way, tests: outcomes.length }, failed);
  writeKnownDifferences(known);
}
process.exitCode = asListed || values.record ? 0 : 1;

function report({ suite, way, outcomes, verdict, seconds }: SuiteResult): void {
  const { tests, passed, failed, skipped } = tallyOf(outcomes);
  const sum = `${passed} of ${tests} passed, ${failed} failed, ${skipped} skipped`;
  say(`${suite} ${way}: ${sum} (${Math.round(seconds)} s)`);
  for (const { test, message = "" } of verdict.unlisted)
    say(`  ${UNEXPLAINED}: ${test}\n${message.replaceAll(/^/gm, "    ")}`);
  for (const test of verdict.mended) say(`  listed, and does not fail: ${test}`);
  if (verdict.missing > 0) say(`  ${verdict.missing} tests did not run`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
