// The program of the well-behaved clients: `node steady-load-process.ts <port> <path> <requests per second> <seconds>`.
// It asks at a steady rate, whether answers come or not (an open loop), over connections that stay; a latency runs
// from when a request was due. Prints a LoadResult.

import { Agent, request } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { median, percentile } from "@penstock/figures";
import type { LoadResult } from "../load/load-generator.ts";

/** An answer that takes longer counts as broken, milliseconds. */
const LIMIT_MS = 10_000;

const [port = "", path = "/", rate = "1", seconds = "1"] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true });
const latencies: number[] = [];
let non2xx = 0;
let broken = 0;

async function ask(due: number): Promise<void> {
  const status = await new Promise<number>((resolve) => {
    const asked = request({ host: "127.0.0.1", port, path, agent, timeout: LIMIT_MS });
    asked.once("timeout", () => asked.destroy(new Error("no answer")));
    asked.once("error", () => resolve(0));
    asked.once("response", (response) => {
      response.once("error", () => resolve(0));
      response.once("end", () => resolve(response.statusCode ?? 0));
      response.resume();
    });
    asked.end();
  });
  if (status === 0) broken++;
  else if (status >= 300) non2xx++;
  latencies.push(performance.now() - due);
}

const began = performance.now();
const total = Number(rate) * Number(seconds);
const all: Promise<void>[] = [];
for (let n = 0; n < total; n++) {
  const due = began + (n * 1000) / Number(rate);
  const early = due - performance.now();
  if (early > 0) await pause(early);
  all.push(ask(due));
}
await Promise.all(all);
agent.destroy();
const result: LoadResult = {
  requests: latencies.length,
  seconds: (performance.now() - began) / 1000,
  p50Ms: median(latencies),
  p99Ms: percentile(latencies, 0.99),
  maxMs: percentile(latencies, 1),
  non2xx,
  broken,
};
process.stdout.write(`${JSON.stringify(result)}\n`);
