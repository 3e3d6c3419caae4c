// `npm run simulate`: the controller's own scaling decisions beside Knative's and KEDA's, on the same traces.
// Deterministic: every run prints the same.

import { fixed, percentile, table } from "@penstock/figures";
import type { Autoscaler, SimulatedPool } from "./autoscaler/autoscaler.ts";
import { KedaAutoscaler } from "./autoscaler/keda-autoscaler.ts";
import { KnativeAutoscaler } from "./autoscaler/knative-autoscaler.ts";
import { PenstockAutoscaler } from "./autoscaler/penstock-autoscaler.ts";
import { simulate, type Outcome } from "./simulation.ts";
import type { Trace } from "./trace/arrival.ts";
import { allTraces } from "./trace/traces.ts";

/** By name, each new for each trace. */
const autoscalers: Readonly<Record<string, (pool: SimulatedPool) => Autoscaler>> = {
  penstock: (pool) => new PenstockAutoscaler(pool),
  knative: (pool) => new KnativeAutoscaler(pool),
  keda: (pool) => new KedaAutoscaler(pool),
};

/** A process starts in half a second, a container with its application in three. */
const startsMs = [500, 3000];

const heading = [
  "trace",
  "start s",
  "by",
  "p50 ms",
  "p95 ms",
  "p99 ms",
  "max ms",
  "worker s",
  "starts",
  "peak",
];

const traces = allTraces();
for (const { name, about } of traces) process.stdout.write(`${name.padEnd(14)}${about}\n`);
const rows = traces.flatMap((trace) => startsMs.flatMap((startupMs) => rowsOf(trace, startupMs)));
process.stdout.write(`\nHow long requests waited for a worker\n${table([heading, ...rows])}\n`);

function rowsOf(trace: Trace, startupMs: number): string[][] {
  const pool = { concurrency: 16, workersMax: 40, startupMs };
  return Object.entries(autoscalers).map(([by, make]) => {
    const outcome = simulate(trace, pool, make(pool));
    return [trace.name, fixed(startupMs / 1000, 1), by].concat(cellsOf(outcome));
  });
}

function cellsOf({ waitsMs, workerMs, starts, workersPeak }: Outcome): string[] {
  const waits = [0.5, 0.95, 0.99, 1].map((share) => fixed(percentile(waitsMs, share), 0));
  return [...waits, fixed(workerMs / 1000, 0), String(starts), String(workersPeak)];
}
