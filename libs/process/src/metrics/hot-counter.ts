// A counter that a request may afford: one addition, no labels to look up. Whoever holds it has looked
// them up once, when the pool was configured.

import type { LabelSet, Sample, Series } from "./sample.ts";

/** One series of a counter: only goes up, from 0, for the life of the process. */
export class HotCounter implements Series {
  #value = 0;

  /** Counts. What is not above 0 (or no number) changes nothing: a counter that sinks is read as a restart. */
  add(by = 1): void {
    if (by > 0) this.#value += by;
  }

  samples(_metricName: string, labels: LabelSet): readonly Sample[] {
    return [{ labels, value: this.#value }];
  }
}
