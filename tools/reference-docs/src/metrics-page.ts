// docs/metrics.md: everything that a scrape finds, told by the processes themselves.

import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { code, generatedNotice, page, table } from "./markdown.ts";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../../..");

/** A metric as its process describes it. */
export interface DescribedMetric {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly labels: readonly string[];
}

const introduction = `
Prometheus text format, without a token: on loopback, unless a setting says otherwise. Seconds and bytes;
counters end with \`_total\`. Series of a configured pool start at 0, and go with the pool. There is no label
for paths or hosts, so the number of series does not grow with traffic; \`worker\` stands at three of them for each
worker that lives, and goes with it. Workers are not scraped: they report to the controller, which measures them every
five seconds. \`nodejs_…\` and \`process_…\` come from both processes as well.

\`reason\` is one of [the reasons](errors.md); \`method\` is \`OTHER\` but for the usual seven;
\`pool\` is empty where a request belongs to none. [Alert rules](../deploy/prometheus/rules.yml) and
[dashboards](../deploy/grafana/dashboards) come with the source.`;

const places = {
  listener: "Listener: `127.0.0.1:9181/metrics`",
  controller: "Controller: `127.0.0.1:9180/metrics`",
} as const;

/** A process that is scraped. */
export type ScrapedProcess = keyof typeof places;

/** The page, ready to write. */
export async function metricsPage(): Promise<string> {
  const sections = await Promise.all(
    (Object.keys(places) as ScrapedProcess[]).map(async (name) =>
      sectionOf(name, await describedMetrics(name)),
    ),
  );
  return page([generatedNotice, "# Metrics", introduction.trim(), ...sections.flat()]);
}

/** What a process exports, asked of its own program. */
export async function describedMetrics(process_: ScrapedProcess): Promise<DescribedMetric[]> {
  const program = join(root, "apps", process_, "src/metrics-reference.ts");
  const { stdout } = await run(process.execPath, [program]);
  return JSON.parse(stdout) as DescribedMetric[];
}

function sectionOf(name: ScrapedProcess, metrics: readonly DescribedMetric[]): string[] {
  const rows = metrics.map((metric) => [
    code(metric.name),
    metric.type,
    metric.labels.map(code).join(", "),
    metric.help,
  ]);
  return [`## ${places[name]}`, table(["metric", "type", "labels", "meaning"], rows)];
}
