// One line of a scrape before it is text. Every kind of series says its samples; the registry prints them.

/** Label values by label name. */
export type LabelSet = Readonly<Record<string, string>>;

/** One number with its labels. `metricName` where it is not the metric's own: `…_bucket`, `…_sum`, `…_count`. */
export interface Sample {
  readonly metricName?: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

/** One time series, or the few that make a histogram: what a part of Penstock moves and a scrape reads. */
export interface Series {
  samples(metricName: string, labels: LabelSet): readonly Sample[];
}
