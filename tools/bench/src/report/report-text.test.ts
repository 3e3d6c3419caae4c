import assert from "node:assert/strict";
import { test } from "node:test";
import { summarizeChanges } from "../changes/change-summary.ts";
import { summarizeColdStart } from "../cold/cold-summary.ts";
import { summarizeHotPath } from "../hot/hot-summary.ts";
import { summarizeWalls } from "../walls/walls-summary.ts";
import { reportText } from "./report-text.ts";

const options = {
  seconds: 2,
  rounds: 1,
  connections: [64],
  inFlight: [64],
  streams: 10,
  attackers: 10,
  pools: 10,
  measurements: ["hot", "cold", "walls"] as const,
  json: undefined,
};
const load = { requests: 10, seconds: 1, p50Ms: 1, p99Ms: 2, maxMs: 3, non2xx: 0, broken: 0 };

test("a failed row says so and is not compared", () => {
  const samples = [
    { round: 0, connections: 64, target: "http-proxy" as const, load, cpu: {} },
    {
      round: 0,
      connections: 64,
      target: "penstock" as const,
      load: { ...load, non2xx: 7 },
      cpu: {},
    },
  ];
  const hot = { rows: summarizeHotPath(samples), samples, foreignCores: 0.04 };
  const text = reportText({ facts: { node: "24.0.0" }, options, hot });
  assert.match(text, /64 +penstock +10 +1\.00 +2\.00 +3\.0 +7 +0 +FAILED/);
  assert.match(text, /64 +penstock +- +- +- +-/);
  assert.match(text, /used 0\.04 cores$/m);
  assert.doesNotMatch(text, /COLD START/);
});

test("a cold start shows how much longer Penstock takes, and that the machine was busy", () => {
  const samples = (["penstock", "node"] as const).map((way, index) => ({
    turn: 0,
    application: "handler" as const,
    way,
    milliseconds: 100 - 30 * index,
  }));
  const cold = { rows: summarizeColdStart(samples), samples, foreignCores: 0.5 };
  const text = reportText({ facts: { node: "24.0.0" }, options, cold });
  assert.match(text, /handler +node +70\.0 .*\+30\.0/);
  assert.match(text, /used 0\.50 cores: NOT QUIET/);
  assert.doesNotMatch(text, /HOT PATH/);
});

test("the walls show their price against the open account, and who pays it", () => {
  const samples = (["open", "walls"] as const).map((target, index) => ({
    round: 0,
    kind: "POST" as const,
    inFlight: 64,
    target,
    load: { ...load, p50Ms: 1 + index },
    cpu: { "nats-server": 300 * (index + 1), worker: 100 },
  }));
  const walls = { rows: summarizeWalls(samples), samples, foreignCores: 0.04 };
  const text = reportText({ facts: { node: "24.0.0" }, options, walls });
  assert.match(text, /POST +64 +walls +10 +2\.00 +2\.00 +3\.0 +0 +0$/m);
  assert.match(text, /POST +64 +1\.00 +2\.00 +1\.00 +1\.75$/m);
  assert.match(text, /POST +64 +walls +70\.0 +nats-server 60\.0 \+ worker 10\.0$/m);
  assert.doesNotMatch(text, /HOT PATH|COLD START/);
});

test("changes show what a client noticed of each, and a failed request stands in its row", () => {
  const sample = { change: "recycle", tookMs: 1234, beforeMs: [5, 5, 5], duringMs: [5, 6, 90] };
  const samples = [
    { ...sample, turn: 0, failed: 0 },
    { ...sample, change: "deploy", turn: 0, failed: 2 },
  ];
  const changes = { rows: summarizeChanges(samples), samples, foreignCores: 0.04 };
  const text = reportText({ facts: { node: "24.0.0" }, options, changes });
  assert.match(text, /recycle +1\.2 +6 +0 +5\.0 +6\.0 +5\.0 +90\.0 +90\.0$/m);
  assert.match(text, /deploy +1\.2 +8 +2 /);
});
