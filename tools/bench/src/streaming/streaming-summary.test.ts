import assert from "node:assert/strict";
import { test } from "node:test";
import type { TargetName } from "../targets/target.ts";
import type { StreamingSample } from "./streaming.ts";
import { summarizeStreaming } from "./streaming-summary.ts";

function sample(round: number, target: TargetName, megabytes: number, failed = 0): StreamingSample {
  const transfer = { bytes: megabytes * 1e6, seconds: 1, failed };
  return {
    round,
    target,
    direction: "download",
    connections: 1,
    transfer,
    cpu: { app: 250_000 },
  };
}

test("rates become their median, ratios are taken inside each round", () => {
  const rows = summarizeStreaming([
    sample(0, "http-proxy", 1000),
    sample(0, "penstock", 500),
    // The machine was busy with something else in this round.
    sample(1, "penstock", 100),
    sample(1, "http-proxy", 400),
  ]);
  const penstock = rows.find(({ target }) => target === "penstock");
  assert.equal(penstock?.megabytesPerSecond, 300);
  assert.equal(penstock.againstProxy, (0.5 + 0.25) / 2);
  assert.ok(Number.isNaN(penstock.againstNginx));
  assert.equal(penstock.cpu, 0.5 / 0.6);
});

test("one connection that failed, or nothing at all, fails the row", () => {
  const rows = summarizeStreaming([sample(0, "penstock", 10, 1), sample(0, "nginx", 0)]);
  assert.deepEqual(
    rows.map(({ failed }) => failed),
    [true, true],
  );
});
