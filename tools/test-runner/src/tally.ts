// What a project's tests came to. Written by the reporter inside each project's `node --test`, read and
// summed when all projects have run.

/** A test that did not run. */
export interface SkippedTest {
  /** Its title below those of its suites. */
  readonly title: string;
  /** Why, as the test says; "" when it does not say. */
  readonly reason: string;
}

/** The outcome of one run of `node --test`. */
export interface Tally {
  readonly project: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly SkippedTest[];
}

/** The sum over all projects. */
export interface Sum {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/**
 * Sums up. A run that ended with another exit code than 0 although no test failed has failed too: a
 * project broke before or after its tests. That counts as one failure, so that the sum never looks clean.
 */
export function sumTallies(tallies: readonly Tally[], exitCode: number): Sum {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const { passed, failed, skipped } of tallies) {
    sum.passed += passed;
    sum.failed += failed;
    sum.skipped += skipped.length;
  }
  if (exitCode !== 0 && sum.failed === 0) sum.failed = 1;
  return sum;
}

/** The closing line: `12 passed, 0 failed`, and what was skipped when anything was. */
export function closingLine({ passed, failed, skipped }: Sum): string {
  const rest = skipped > 0 ? `, ${skipped} skipped` : "";
  return `${passed} passed, ${failed} failed${rest}`;
}

/** What this machine did not run and why, one line each; a reason that many tests share is told once. */
export function skippedReport(tallies: readonly Tally[]): string[] {
  const lines: string[] = [];
  for (const { project, skipped } of tallies)
    for (const [reason, tests] of Map.groupBy(skipped, (test) => test.reason)) {
      lines.push(`  ${project}: ${reason || "skipped without a reason"}`);
      lines.push(...tests.map(({ title }) => `    ${title}`));
    }
  return lines.length === 0 ? [] : ["Not run on this machine:", ...lines];
}
