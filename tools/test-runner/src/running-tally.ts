// The tally of a run while it runs. node:test sums up itself at the end, and that sum holds; a run that
// was interrupted has none, and then what was heard until then is counted, and the interruption with it.

import type { TestEvent } from "node:test/reporters";

import type { SkippedTest, Tally } from "./tally.ts";

/** Takes the events of one run in their order. */
export class RunningTally {
  #passed = 0;
  #failed = 0;
  #hasSummary = false;
  readonly #skipped: SkippedTest[] = [];
  /** Titles of the suites around the current test, by depth. */
  readonly #suites: string[] = [];

  take({ type, data }: TestEvent): void {
    if (type === "test:start") this.#suites[data.nesting] = data.name;
    if (type === "test:fail" && data.details.type !== "suite") this.#failed++;
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
    return { passed: this.#passed, failed: this.#failed + interrupted, skipped: this.#skipped };
  }

  #skip(name: string, nesting: number, skip: string | boolean): void {
    const title = [...this.#suites.slice(0, nesting), name].join(" > ");
    this.#skipped.push({ title, reason: typeof skip === "string" ? skip : "" });
  }
}
