// A run, held against the list of what is known to fail in it.
//
//   test      listed   verdict
//   passed    no       as it should be
//   failed    yes      as it is known to be
//   failed    no       a new difference
//   passed    yes      mended: it has to leave the list, unless its reason is one that fails a test at times
//   gone      yes      mended: a test of another name may have taken its place
//   gone      no       found by the number of tests alone

import { failuresOf, type Outcome } from "../runs/outcome.ts";

/** What is known of one suite on one way: test to the key of the reason why it fails there. */
export type ListedFailures = Readonly<Record<string, string>>;

/** What a run showed that the list does not say. */
export interface Verdict {
  readonly unlisted: readonly Outcome[];
  /** Listed, and did not fail. */
  readonly mended: readonly string[];
  /** Tests that should have run and did not. */
  readonly missing: number;
}

/** What a run is held against. */
export interface Expected {
  readonly listed: ListedFailures;
  /** How many tests the suite has. */
  readonly tests: number;
  /** Keys of reasons for which a test fails at times. */
  readonly unsteady?: readonly string[];
}

/** Judges a run. */
export function judge(
  outcomes: readonly Outcome[],
  { listed, tests, unsteady = [] }: Expected,
): Verdict {
  const failed = failuresOf(outcomes);
  const names = new Set(failed.map(({ test }) => test));
  return {
    unlisted: failed.filter(({ test }) => listed[test] === undefined),
    mended: Object.entries(listed)
      .filter(([test, reason]) => !names.has(test) && !unsteady.includes(reason))
      .map(([test]) => test),
    missing: Math.max(0, tests - outcomes.length),
  };
}

/** True when the run is what the list says. */
export function isAsListed({ unlisted, mended, missing }: Verdict): boolean {
  return unlisted.length === 0 && mended.length === 0 && missing === 0;
}
