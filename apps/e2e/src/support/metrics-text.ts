// What a scrape says: the Prometheus text format, as far as tests read it.

/** One scrape. */
export class MetricsText {
  readonly #values = new Map<string, number>();
  /** Names after `# TYPE`. */
  readonly names = new Set<string>();

  constructor(text: string) {
    for (const line of text.split("\n")) {
      const type = /^# TYPE (\S+) /.exec(line)?.[1];
      if (type !== undefined) this.names.add(type);
      const sample = /^(?<series>[a-z][^ {]*(?:\{.*\})?) (?<value>\S+)$/i.exec(line)?.groups;
      if (sample) this.#values.set(sample["series"] ?? "", Number(sample["value"]));
    }
  }

  /** The value of a series, written as in the text: `penstock_cold_starts_total{pool="a"}`. */
  value(series: string): number | undefined {
    return this.#values.get(series);
  }

  /** The labels of each series of a metric, as name and value; a histogram's parts are metrics of their own. */
  labels(metric: string): (readonly (readonly [string, string])[])[] {
    return [...this.#values.keys()]
      .filter((series) => series === metric || series.startsWith(`${metric}{`))
      .map((series) =>
        Array.from(
          series.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g),
          ([, name = "", value = ""]) => [name, value] as const,
        ),
      );
  }

  /** All series whose text contains each of the parts. */
  series(...parts: readonly string[]): string[] {
    return [...this.#values.keys()].filter((name) => parts.every((part) => name.includes(part)));
  }
}
