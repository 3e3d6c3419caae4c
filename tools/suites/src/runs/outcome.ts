// What became of one test of a suite.

/** One test, or one file that ended as no file should. */
export interface Outcome {
  /** `file > test > subtest`, unique in its suite. */
  readonly test: string;
  readonly result: "passed" | "failed" | "skipped";
  /** Of a failed one: its message, first lines. */
  readonly message?: string;
}

/** What a run came to. */
export interface Tally {
  readonly tests: number;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Counts outcomes. */
export function tallyOf(outcomes: readonly Outcome[]): Tally {
  const count = (result: Outcome["result"]) =>
    outcomes.filter((outcome) => outcome.result === result).length;
  return {
    tests: outcomes.length,
    passed: count("passed"),
    failed: count("failed"),
    skipped: count("skipped"),
  };
}

const subtestsFailed = /^\d+ subtests? failed$/;

/** Tests that failed of themselves: one that failed because of those inside it says nothing more. */
export function failuresOf(outcomes: readonly Outcome[]): Outcome[] {
  return outcomes.filter(
    ({ result, message = "" }) => result === "failed" && !subtestsFailed.test(message),
  );
}
