// A gauge that a request may afford: one assignment, no labels to look up.

import type { LabelSet, Sample, Series } from "./sample.ts";

/** One series of a gauge: how much there is now. Starts at 0. */
export class HotGauge implements Series {
  #value = 0;

  set(value: number): void {
    this.#value = value;
  }

  /** Moves by so much; down with a negative number. */
  add(by: number): void {
    this.#value += by;
  }

  samples(_metricName: string, labels: LabelSet): readonly Sample[] {
    return [{ labels, value: this.#value }];
  }
}
