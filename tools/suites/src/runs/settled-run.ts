// A run whose surprises were looked at twice: files with a failure that nobody expects are run once more,
// one at a time. On a busy machine a test with a clock of its own may fail once; a difference fails again.

import { failuresOf, type Outcome } from "./outcome.ts";
import { runSuite, type SuiteRun } from "./run-suite.ts";

/** Runs a suite, and the files with failures that are not `expected` again. */
export async function runSettled(
  run: SuiteRun,
  expected: (test: string) => boolean,
): Promise<Outcome[]> {
  const outcomes = await runSuite(run);
  const doubtful = new Set(
    failuresOf(outcomes)
      .filter(({ test }) => !expected(test))
      .map(({ test }) => fileOf(test)),
  );
  if (doubtful.size === 0) return outcomes;
  const again = await runSuite({ ...run, concurrency: 1, files: [...doubtful] });
  return [...outcomes.filter(({ test }) => !doubtful.has(fileOf(test))), ...again];
}

function fileOf(test: string): string {
  return test.split(" > ", 1)[0] ?? test;
}
