import assert from "node:assert/strict";
import test from "node:test";
import { desiredPool, untouched, type WorkerExit } from "@penstock/activation";
import { givenPool } from "./given-pool.ts";
import { ObservedPools } from "./observed-pools.ts";
import { ObservedWorkerProcess } from "./observed-worker-process.ts";
import { statusReport } from "./status-report.ts";

const STARTED_AT = Date.parse("2026-11-23T10:00:00Z");

const depth = { messages: 7, bytes: 700, oldestAgeMs: 1500, enqueued: 9 };
const configuration = {
  file: "penstock.yaml",
  generation: "c1",
  appliedAt: "2026-11-23T10:00:00.000Z",
};
const reportOf = (pools: ObservedPools) =>
  statusReport({
    version: "1.2.3",
    configuration,
    rulingOn: () => undefined,
    desired,
    pools,
    queues: { of: () => depth },
    isRetiring: (pool) => pool === "gone",
    heldBy: (pool) => (pool === "off" ? { workers: 2, until: STARTED_AT } : undefined),
    shortOf: (pool) => (pool === "off" ? { since: STARTED_AT, reason: "full" } : undefined),
  });

const desired = new Map(
  [
    givenPool("shop", "concurrency: 3", "processModel: { maxProcesses: 2 }", "queueLength: 20"),
    givenPool("off", "autoStart: false"),
  ].map((pool) => [pool.name, desiredPool(pool, "g1", { standing: untouched, operatorStarts: 0 })]),
);

function worker(id: string, pid: number): ObservedWorkerProcess {
  return new ObservedWorkerProcess({
    id,
    pool: "shop",
    generation: "g1",
    pid,
    startedAt: STARTED_AT,
    suspended: false,
  });
}

test("the report has every configured pool with its queue, and every worker", () => {
  const pools = new ObservedPools();
  const ready = worker("shop-1", 42);
  ready.enter("ready", STARTED_AT);
  ready.running = 2;
  ready.taken = 9;
  pools.of("shop").workers.set("shop-1", ready);
  pools.of("shop").launching.set("shop-2", worker("shop-2", 43));
  const report = reportOf(pools);
  assert.equal(report.version, "1.2.3");
  assert.deepEqual(report.pools, [
    {
      name: "shop",
      state: "started",
      generation: "g1",
      urls: ["http://+:8080/shop/"],
      workers: { ready: 1, starting: 1, suspended: 0, orphaned: 0, max: 2 },
      slots: { busy: 2, total: 3 },
      queue: { waiting: 7, limit: 20, oldestMs: 1500 },
    },
    {
      name: "off",
      state: "stopped",
      generation: "g1",
      urls: ["http://+:8080/off/"],
      workers: {
        ready: 0,
        starting: 0,
        suspended: 0,
        orphaned: 0,
        max: 4,
        held: 2,
        heldUntil: "2026-11-23T10:00:00.000Z",
      },
      slots: { busy: 0, total: 0 },
      queue: { waiting: 7, limit: 1000, oldestMs: 1500 },
      short: { since: "2026-11-23T10:00:00.000Z", reason: "full" },
    },
  ]);
  const startedAt = "2026-11-23T10:00:00.000Z";
  assert.deepEqual(report.workers, [
    {
      id: "shop-1",
      pool: "shop",
      generation: "g1",
      state: "ready",
      pid: 42,
      running: 2,
      taken: 9,
      startedAt,
    },
    {
      id: "shop-2",
      pool: "shop",
      generation: "g1",
      state: "starting",
      pid: 43,
      running: 0,
      taken: 0,
      startedAt,
    },
  ]);
});

test("the last end that nobody asked for is told, one that was asked for is not", () => {
  const pools = new ObservedPools();
  const exit: WorkerExit = {
    id: "shop-1",
    pool: "shop",
    phase: "ready",
    code: 1,
    signal: null,
    outOfMemory: false,
    detail: "TypeError: no",
    at: STARTED_AT,
  };
  pools.of("shop").lastExit = exit;
  const [crashed] = reportOf(pools).pools;
  assert.equal(crashed?.lastFailure, "TypeError: no");
  pools.of("shop").lastExit = { ...exit, askedFor: "idle" };
  const [idle] = reportOf(pools).pools;
  assert.equal(idle?.lastFailure, undefined);
});

test("a pool is starting while nobody is ready, and in rapid fail while it is offline", () => {
  const pools = new ObservedPools();
  const stateOf = () => reportOf(pools).pools[0]?.state;
  assert.equal(stateOf(), "started", "at zero it serves as soon as somebody asks");
  pools.of("shop").workers.set("shop-1", worker("shop-1", 42));
  assert.equal(stateOf(), "starting");
  pools.of("shop").verdict = {
    since: STARTED_AT,
    generation: "g1",
    told: "Its workers end unexpectedly.",
    reason: "too many failures: shop-1 exited with code 1",
    detail: "TypeError: no",
  };
  assert.equal(stateOf(), "rapid_fail");
  assert.deepEqual(reportOf(pools).pools[0]?.offline, {
    since: "2026-11-23T10:00:00.000Z",
    reason: "too many failures: shop-1 exited with code 1",
    detail: "TypeError: no",
  });
});
