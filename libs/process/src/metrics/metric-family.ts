// All series of one metric, by their labels. Looking a series up costs; moving it does not. So a part of
// Penstock looks up what a pool needs when the pool is configured, and holds the series from then on.

import { assert } from "@penstock/foundation";

import type { LabelSet, Series } from "./sample.ts";

/** A value for each label of a metric. */
export type Labels<Name extends string> = Readonly<Record<Name, string>>;

/** A metric and its series. A metric without labels has its one series from the start. */
export class MetricFamily<Name extends string, Kind extends Series> {
  readonly #labelNames: readonly Name[];
  readonly #create: () => Kind;
  readonly #series = new Map<string, { readonly labels: Labels<Name>; readonly series: Kind }>();

  constructor(labelNames: readonly Name[], create: () => Kind) {
    this.#labelNames = labelNames;
    this.#create = create;
    if (labelNames.length === 0) this.series({} as Labels<Name>);
  }

  /** The series with these labels; the first call makes it, at 0. */
  series(labels: Labels<Name>): Kind {
    const key = this.#labelNames.map((name) => labels[name]).join("\0");
    const known = this.#series.get(key);
    if (known) return known.series;
    const names = Object.keys(labels);
    assert(
      names.length === this.#labelNames.length && this.#labelNames.every((name) => name in labels),
      `a series needs the labels ${this.#labelNames.join(", ")}, not ${names.join(", ")}`,
    );
    // In the order in which the metric names them, whatever the order here.
    const ordered = Object.fromEntries(this.#labelNames.map((name) => [name, labels[name]]));
    const made = { labels: ordered as Labels<Name>, series: this.#create() };
    this.#series.set(key, made);
    return made.series;
  }

  /**
   * A look-up over one label while the others stay: `requests.by("code", { pool, method })` gives
   * `(code) => series`, one map access per request. Series are made when they are first asked for.
   */
  by<Varying extends Name>(
    varying: Varying,
    fixed: Labels<Exclude<Name, Varying>>,
  ): (value: string | number) => Kind {
    const found = new Map<string | number, Kind>();
    return (value) => {
      const known = found.get(value);
      if (known) return known;
      const made = this.series({ ...fixed, [varying]: String(value) } as unknown as Labels<Name>);
      found.set(value, made);
      return made;
    };
  }

  /** Makes every combination of these label values, so that `rate()` and `== 0` hold before the first event. */
  startAtZero(values: Readonly<Record<Name, readonly string[]>>): void {
    let combinations: Record<string, string>[] = [{}];
    for (const name of this.#labelNames)
      combinations = combinations.flatMap((labels) =>
        values[name].map((value) => ({ ...labels, [name]: value })),
      );
    for (const labels of combinations) this.series(labels as Labels<Name>);
  }

  /** Drops the series that carry this label value: a pool that is gone, a worker that ended. Whoever still holds one moves it unseen. */
  forget(label: string, value: string): void {
    for (const [key, { labels }] of this.#series)
      if ((labels as LabelSet)[label] === value) this.#series.delete(key);
  }

  /** All series with their labels, in the order in which they were made. */
  *[Symbol.iterator](): Generator<{ readonly labels: Labels<Name>; readonly series: Kind }> {
    yield* this.#series.values();
  }
}
