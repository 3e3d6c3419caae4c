import assert from "node:assert/strict";
import { test } from "node:test";
import { percentile } from "@penstock/figures";
import { towards, type Autoscaler } from "./autoscaler/autoscaler.ts";
import { KedaAutoscaler } from "./autoscaler/keda-autoscaler.ts";
import { KnativeAutoscaler } from "./autoscaler/knative-autoscaler.ts";
import { PenstockAutoscaler } from "./autoscaler/penstock-autoscaler.ts";
import { simulate } from "./simulation.ts";
import type { Arrival, Trace } from "./trace/arrival.ts";
import { allTraces } from "./trace/traces.ts";

const pool = { concurrency: 2, workersMax: 10, startupMs: 1000 };

/** As many workers as are said, from the beginning. */
const always = (workers: number): Autoscaler => ({
  decide: (view) => towards(workers, view, undefined),
});

function trace(lengthMs: number, ...arrivals: readonly Arrival[]): Trace {
  return { name: "test", about: "", arrivals, lengthMs };
}

test("requests wait for a start and for a slot, first come first served", () => {
  const arrivals = [0, 0, 0, 2500].map((atMs) => ({ atMs, serviceMs: 1000 }));
  const outcome = simulate(trace(5000, ...arrivals), pool, always(1));
  assert.deepEqual(outcome.waitsMs, [1000, 1000, 2000, 0]);
  assert.equal(outcome.workerMs, 5000);
  assert.deepEqual([outcome.starts, outcome.workersPeak], [1, 1]);
});

test("a worker that drains ends with its last request, and its life counts until then", () => {
  const until: Autoscaler = {
    decide: (view) => towards(view.now < 1500 ? 1 : 0, view, view.now < 1500 ? 1500 : undefined),
  };
  const outcome = simulate(trace(9000, { atMs: 0, serviceMs: 2000 }), pool, until);
  assert.equal(outcome.workerMs, 3000);
});

test("from zero each autoscaler starts for the first request, and goes back to zero", () => {
  const one = trace(900_000, { atMs: 10_000, serviceMs: 100 });
  for (const [autoscaler, idleMs] of [
    [new PenstockAutoscaler(pool), 60_000],
    [new KnativeAutoscaler(pool), 60_000],
    [new KedaAutoscaler(pool), 300_000],
  ] as const) {
    const { waitsMs, starts, workerMs } = simulate(one, pool, autoscaler);
    assert.deepEqual([waitsMs, starts], [[1000], 1]);
    assert.ok(workerMs >= idleMs && workerMs <= idleMs + 20_000, `${workerMs}`);
  }
});

test("traces are the same in each call", () => {
  assert.deepEqual(allTraces(), allTraces());
});

test("on each trace Penstock's p99 wait is not above its peers, nor are its worker-seconds", () => {
  for (const each of allTraces())
    for (const startupMs of [500, 3000]) {
      const simulated = { concurrency: 16, workersMax: 40, startupMs };
      const ours = simulate(each, simulated, new PenstockAutoscaler(simulated));
      for (const peer of [new KnativeAutoscaler(simulated), new KedaAutoscaler(simulated)]) {
        const theirs = simulate(each, simulated, peer);
        const what = `${each.name}, starts of ${startupMs} ms, ${peer.constructor.name}`;
        assert.ok(p99(ours.waitsMs) <= p99(theirs.waitsMs), `p99 wait: ${what}`);
        assert.ok(ours.workerMs <= theirs.workerMs, `worker-seconds: ${what}`);
      }
    }
});

const p99 = (waitsMs: readonly number[]): number => percentile(waitsMs, 0.99);
