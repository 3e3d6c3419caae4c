// The tally of a run while it runs. node:test sums up itself at the end, and that sum holds; a run that
// was interrupted has none, and then what was heard until then is counted, and the interruption with it.

import type { TestEvent } from "node:test/reporters";
import { inspect } from "node:util";

import type { FailedTest, SkippedTest, Tally } from "./tally.ts";

type Failure = Extract<TestEvent, { type: "test:fail" }>["data"];

/** Of the text of an error: its message, the difference that an assertion shows, the top of its stack. */
const causeLines = 30;

/** Takes the events of one run in their order. */
export class RunningTally {
  #passed = 0;
  #failed = 0;
  #hasSummary = false;
  readonly #failures: FailedTest[] = [];
  readonly #skipped: SkippedTest[] = [];
  /** Titles of the suites around the current test, by depth. */
  readonly #suites: string[] = [];

  take({ type, data }: TestEvent): void {
    if (type === "test:start") this.#suites[data.nesting] = data.name;
    if (type === "test:fail" && data.details.type !== "suite") this.#fail(data);
    if (type === "test:pass") {
      // A suite that is skipped never names its tests, so it stands for them.
      if (data.skip !== undefined) this.#skip(data.name, data.nesting, data.skip);
      else if (data.details.type !== "suite") this.#passed++;
    }
    // The summary without a file is the one over all files.
    if (type === "test:summary" && data.file === undefined) {
      const { tests, passed, skipped, todo } = data.counts;
      this.#passed = passed;
      // Also what was cancelled: it should have run, and did not come to its end.
      this.#failed = tests - passed - skipped - todo;
      this.#hasSummary = true;
    }
  }

  /** What the run has come to. */
  outcome(): Omit<Tally, "project"> {
    const interrupted = this.#hasSummary ? 0 : 1;
    return {
      passed: this.#passed,
      failed: this.#failed + interrupted,
      failures: this.#failures,
      skipped: this.#skipped,
    };
  }

  #fail({ name, nesting, file = "", line, details: { error } }: Failure): void {
    this.#failed++;
    const place = file && line !== undefined ? `${file}:${line}` : file;
    const cause = inspect(error.cause ?? error)
      .split("\n")
      .slice(0, causeLines)
      .join("\n");
    this.#failures.push({ title: this.#title(name, nesting), place, cause });
  }

  #skip(name: string, nesting: number, skip: string | boolean): void {
    const reason = typeof skip === "string" ? skip : "";
    this.#skipped.push({ title: this.#title(name, nesting), reason });
  }

  #title(name: string, nesting: number): string {
    return [...this.#suites.slice(0, nesting), name].join(" > ");
  }
}
