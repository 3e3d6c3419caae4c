// Runs suites on ways: each way is opened once, its suites run in it one after the other.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { KnownDifferences } from "./known/known-differences.ts";
import { judge, type Verdict } from "./known/verdict.ts";
import type { Outcome } from "./runs/outcome.ts";
import { runSettled } from "./runs/settled-run.ts";
import type { Suite } from "./suites.ts";
import { openWay } from "./ways/open-way.ts";
import type { WayName } from "./ways/way.ts";

/** Files of a suite that run at once, and places for their servers. */
const CONCURRENCY = 3;
const SLOTS = 48;

/** One suite on one way, run. */
export interface SuiteResult {
  readonly suite: string;
  readonly way: WayName;
  readonly outcomes: readonly Outcome[];
  readonly verdict: Verdict;
  readonly seconds: number;
}

/** What is run. */
export interface Runs {
  readonly ways: readonly WayName[];
  readonly suites: readonly Suite[];
  /** Files of each suite, where not all are run. */
  readonly parts?: Readonly<Record<string, readonly string[]>>;
}

/** Runs, and yields each result as it comes. */
export async function* runWays(
  { ways, suites, parts }: Runs,
  known: KnownDifferences,
): AsyncGenerator<SuiteResult> {
  for (const name of ways) {
    const folder = mkdtempSync(join(tmpdir(), "penstock-suites-"));
    try {
      await using way = await openWay(name, { folder, slots: SLOTS });
      for (const suite of suites) {
        const begun = performance.now();
        const files = parts?.[suite.name];
        const run = { suite, way, folder, concurrency: CONCURRENCY, ...(files && { files }) };
        const all = known.suites[suite.name];
        const isOfRun = (test: string) =>
          files === undefined || files.some((file) => test.startsWith(`${file} > `));
        const listed = Object.fromEntries(
          Object.entries(all?.failures[name] ?? {}).filter(([test]) => isOfRun(test)),
        );
        const outcomes = await runSettled(run, (test) => listed[test] !== undefined);
        const tests = files === undefined ? (all?.tests ?? 0) : 0;
        const seconds = (performance.now() - begun) / 1000;
        const verdict = judge(outcomes, { listed, tests, unsteady: known.unsteady });
        yield { suite: suite.name, way: name, outcomes, verdict, seconds };
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
}
