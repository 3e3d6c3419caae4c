// A simple check of the Prometheus text format (0.0.4), for tests: what a scraper would stumble over.
// It knows the grammar of the lines and the few rules between them, not the whole of promtool.

const labelPart = String.raw`[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*"`;
const numberPart = String.raw`(?:[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?|[+-]Inf|NaN)`;
const sampleLine = new RegExp(
  String.raw`^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{${labelPart}(?:,${labelPart})*\})? ${numberPart}$`,
);

/** What is wrong with this text as a scrape, line by line. Empty when nothing is. */
export function expositionFaults(text: string): string[] {
  const faults: string[] = [];
  const types = new Map<string, string>();
  const seen = new Set<string>();
  if (!text.endsWith("\n")) faults.push("the last line has no end");
  for (const line of text.split("\n")) {
    if (line === "" || line.startsWith("# HELP ")) continue;
    const type = /^# TYPE (\S+) (counter|gauge|histogram|summary)$/.exec(line);
    if (type) {
      const [, name = "", kind = ""] = type;
      if (types.has(name)) faults.push(`${name} has two types`);
      types.set(name, kind);
      continue;
    }
    const sample = sampleLine.exec(line);
    if (!sample) {
      faults.push(`not a sample: ${line}`);
      continue;
    }
    const [, name = "", labels = ""] = sample;
    if (!types.has(name) && !types.has(name.replace(/_(?:bucket|sum|count)$/, "")))
      faults.push(`no type for ${name}`);
    if (seen.has(name + labels)) faults.push(`${name}${labels} stands twice`);
    seen.add(name + labels);
  }
  return faults;
}
