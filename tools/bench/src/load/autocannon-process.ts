// The program that loads with autocannon: `node autocannon-process.ts <port> <connections> <seconds>`. A
// process of its own, so that the bench's other work does not slow it. Prints a LoadResult. Latencies are
// kept here because autocannon's own histogram counts whole milliseconds.

import autocannon from "autocannon";
import { median, percentile } from "@penstock/figures";
import type { LoadResult } from "./load-generator.ts";

const [port, connections = 1, duration = 1] = process.argv.slice(2).map(Number);
const latencies: number[] = [];
const run = autocannon({ url: `http://127.0.0.1:${port}/`, connections, duration, timeout: 2 });
run.on("response", (_client, _status, _bytes, milliseconds) => void latencies.push(milliseconds));
const outcome = await run;

const result: LoadResult = {
  requests: latencies.length,
  seconds: outcome.duration,
  p50Ms: median(latencies),
  p99Ms: percentile(latencies, 0.99),
  maxMs: percentile(latencies, 1),
  non2xx: outcome.non2xx,
  broken: outcome.errors,
};
process.stdout.write(`${JSON.stringify(result)}\n`);
