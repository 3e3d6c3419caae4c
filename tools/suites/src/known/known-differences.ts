// The checked-in list of what fails in a suite behind Penstock, or behind anything, and why.

import { readFileSync, writeFileSync } from "node:fs";
import type { WayName } from "../ways/way.ts";
import type { ListedFailures } from "./verdict.ts";

const FILE = new URL("known-differences.json", import.meta.url);

/** What is known of one suite. */
export interface KnownSuite {
  /** How many tests it has, and how many of them pass on each way. */
  readonly tests: number;
  readonly failures: Readonly<Partial<Record<WayName, ListedFailures>>>;
}

/** The whole list. */
export interface KnownDifferences {
  /** Why something fails: key to text. */
  readonly reasons: Readonly<Record<string, string>>;
  /** Keys of reasons for which a test fails at times: it may pass and stay listed. */
  readonly unsteady: readonly string[];
  readonly suites: Readonly<Record<string, KnownSuite>>;
}

/** The key of what was recorded and not explained yet: no list may have it. */
export const UNEXPLAINED = "unexplained";

/** Reads the list. */
export function readKnownDifferences(): KnownDifferences {
  return JSON.parse(readFileSync(FILE, "utf8")) as KnownDifferences;
}

/** Writes the list. */
export function writeKnownDifferences(known: KnownDifferences): void {
  writeFileSync(FILE, `${JSON.stringify(known, undefined, 2)}\n`);
}

/** The list with what a run showed; what is new in it has no reason yet. */
export function recorded(
  known: KnownDifferences,
  run: { readonly suite: string; readonly way: WayName; readonly tests: number },
  failed: readonly string[],
): KnownDifferences {
  const former = known.suites[run.suite];
  const listed = former?.failures[run.way] ?? {};
  const unsteady = Object.keys(listed).filter((test) =>
    known.unsteady.includes(listed[test] ?? ""),
  );
  const failures = Object.fromEntries(
    [...new Set([...failed, ...unsteady])]
      .toSorted()
      .map((test) => [test, listed[test] ?? UNEXPLAINED]),
  );
  const suite: KnownSuite = {
    tests: run.tests,
    failures: { ...former?.failures, [run.way]: failures },
  };
  return { ...known, suites: { ...known.suites, [run.suite]: suite } };
}
