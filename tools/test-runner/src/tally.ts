// What a project's tests came to. Written by the reporter inside each project's `node --test`, read and
// summed when all projects have run.

/** A test that did not run. */
export interface SkippedTest {
  /** Its title below those of its suites. */
  readonly title: string;
  /** Why, as the test says; "" when it does not say. */
  readonly reason: string;
}

/** A test that failed. */
export interface FailedTest {
  /** Its title below those of its suites. */
  readonly title: string;
  /** Its file and line; the file alone where the line is not known, "" where neither is. */
  readonly place: string;
  /** What went wrong: the error as Node.js prints it, its first lines. */
  readonly cause: string;
}

/** The outcome of one run of `node --test`. */
export interface Tally {
  readonly project: string;
  readonly passed: number;
  readonly failed: number;
  /** As far as they were told: a run that was interrupted names none for the interruption. */
  readonly failures: readonly FailedTest[];
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

/** What failed, where and why, so that nobody has to search the whole output for it. */
export function failureReport(tallies: readonly Tally[]): string[] {
  const lines = tallies.flatMap(({ project, failures }) =>
    failures.flatMap(({ title, place, cause }) => [
      `  ${project}: ${title}`,
      ...[place, ...cause.split("\n")].filter((line) => line !== "").map((line) => `    ${line}`),
    ]),
  );
  return lines.length === 0 ? [] : ["Failed:", ...lines];
}
