import assert from "node:assert/strict";
import { test } from "node:test";
import type { TargetName } from "../targets/target.ts";
import type { HotSample } from "./hot-path.ts";
import { summarizeHotPath } from "./hot-summary.ts";

interface Given {
  readonly round: number;
  readonly target: TargetName;
  readonly requests: number;
  readonly p50Ms?: number;
  readonly non2xx?: number;
  readonly cpu?: Readonly<Record<string, number>>;
}

function sample({ round, target, requests, p50Ms = 1, non2xx = 0, cpu = {} }: Given): HotSample {
  const load = { requests, seconds: 1, p50Ms, p99Ms: 2, maxMs: 3, non2xx, broken: 0 };
  return { round, target, connections: 64, load, cpu };
}

test("rounds become their median, and ratios are taken inside each round", () => {
  const [proxy, penstock] = summarizeHotPath([
    sample({ round: 0, target: "http-proxy", requests: 100, p50Ms: 4 }),
    sample({ round: 0, target: "penstock", requests: 150, p50Ms: 2 }),
    // The machine was busy with something else in this round: both got a tenth.
    sample({ round: 1, target: "penstock", requests: 15, p50Ms: 20 }),
    sample({ round: 1, target: "http-proxy", requests: 10, p50Ms: 40 }),
    sample({ round: 2, target: "http-proxy", requests: 110, p50Ms: 4 }),
    sample({ round: 2, target: "penstock", requests: 110, p50Ms: 4 }),
  ]);
  assert.equal(proxy?.requestsPerSecond, 100);
  assert.equal(proxy.againstPeer.requestsPerSecond, 1);
  assert.equal(penstock?.requestsPerSecond, 110);
  assert.equal(penstock.againstPeer.requestsPerSecond, 1.5);
  assert.equal(penstock.againstPeer.p50, 0.5);
});

test("CPU is that of all rounds over the requests of all rounds", () => {
  const [row] = summarizeHotPath([
    sample({ round: 0, target: "http-proxy", requests: 100, cpu: { proxy: 5000, app: 1000 } }),
    sample({ round: 1, target: "http-proxy", requests: 300, cpu: { proxy: 11_000, app: 3000 } }),
  ]);
  assert.deepEqual(row?.cpuByPart, { proxy: 40, app: 10 });
  assert.equal(row.cpu, 50);
  assert.equal(row.againstPeer.cpu, 1);
});

test("a part that was not measured in every round is not shown as cheaper than it is", () => {
  const [row] = summarizeHotPath([
    sample({ round: 0, target: "http-proxy", requests: 100, cpu: { proxy: 100, app: 100 } }),
    sample({ round: 1, target: "http-proxy", requests: 100, cpu: { proxy: 100 } }),
  ]);
  assert.deepEqual(row?.cpuByPart, { proxy: 1 });
});

test("one wrong answer fails the row", () => {
  const rows = summarizeHotPath([
    sample({ round: 0, target: "direct", requests: 100 }),
    sample({ round: 0, target: "penstock", requests: 100 }),
    sample({ round: 1, target: "penstock", requests: 100, non2xx: 1 }),
  ]);
  assert.deepEqual(
    rows.map(({ target, failed }) => [target, failed]),
    [
      ["direct", false],
      ["penstock", true],
    ],
  );
});

test("a target that answered nothing has failed", () => {
  const [row] = summarizeHotPath([sample({ round: 0, target: "nginx", requests: 0 })]);
  assert.equal(row?.failed, true);
});
