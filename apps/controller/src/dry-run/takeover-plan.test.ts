// What a start among workers that run would do, and how it is told.

import assert from "node:assert/strict";
import test from "node:test";
import {
  desiredPool,
  nothingObserved,
  untouched,
  type ObservedPool,
  type ObservedWorker,
} from "@penstock/activation";
import { noHostLimits, type HostLimits } from "@penstock/domain";
import { givenPool } from "../given-pool.ts";
import { takeoverPlan } from "./takeover-plan.ts";
import { takeoverPlanText } from "./takeover-plan-text.ts";

const NOW = 1_000_000;

function worker(id: string, changes: Partial<ObservedWorker> = {}): ObservedWorker {
  const [pool = ""] = id.split("-");
  const since = { phaseSince: NOW, startedAt: NOW - 60_000 };
  return { id, pool, generation: "g2", phase: "ready", ...since, running: 0, ...changes };
}

function planOf(observed: readonly ObservedPool[], host: HostLimits = noHostLimits) {
  const pools = [givenPool("shop", "processModel: { maxProcesses: 3 }"), givenPool("cart")];
  const desired = new Map(
    pools.map((pool) => {
      const decided = { standing: untouched, operatorStarts: 0 };
      return [pool.name, desiredPool(pool, "g2", decided)];
    }),
  );
  const seen = new Map(observed.map((pool) => [pool.pool, pool]));
  return takeoverPlan(
    {
      generation: "c1",
      desired,
      observed: seen,
      queued: ["shop", "old"],
      host,
      leader: "127.0.0.1:9180",
    },
    NOW,
  );
}

const seen = (pool: string, workers: readonly ObservedWorker[], waiting = 0): ObservedPool => ({
  ...nothingObserved(pool),
  workers,
  load: { waiting, running: 0 },
});

test("who runs is adopted, a replacement is started beside the old, who waits gets a worker, who is not wanted goes", () => {
  const plan = planOf([
    seen("shop", [
      worker("shop-1"),
      worker("shop-2", { generation: "g1" }),
      worker("shop-3", { phase: "draining", generation: "g1" }),
      worker("shop-4", { phase: "orphaned" }),
      worker("shop-5", { phase: "starting" }),
    ]),
    seen("cart", [], 3),
    seen("old", [worker("old-1")]),
  ]);
  assert.deepEqual(
    plan.steps.map(({ pool, worker: id = "-", found = "-", would }) =>
      [pool, id, found, would].join(" "),
    ),
    [
      "shop shop-1 ready adopt",
      "shop shop-2 ready adopt",
      "shop shop-3 draining adopt",
      "shop shop-4 orphaned adopt",
      "shop shop-5 starting adopt",
      "old old-1 ready drainWorker",
      "shop - - startWorker",
      "cart - - startWorker",
    ],
  );
  for (const { reason } of plan.steps) assert.notEqual(reason, "");
  assert.deepEqual(plan.removed, ["old"]);
  const text = takeoverPlanText(plan);
  assert.match(text, /^shop +shop-1 +ready +be adopted +it serves$/m);
  assert.match(text, /^shop +- +- +be started +generation g2 replaces an older one$/m);
  assert.match(text, /^old +old-1 +ready +be asked to finish and go +the pool was removed$/m);
  assert.match(text, /^cart +- +- +be started +3 waiting/m);
  assert.match(text, /^the queue of pool old would be removed: it is not configured$/m);
  assert.match(text, /^6 workers run, 2 would be started, 1 would go, by configuration c1\./m);
  assert.match(text, /The controller at 127\.0\.0\.1:9180 leads now/);
});

test("nobody is told beyond the host's limits, and who would go short is", () => {
  const busy = [worker("shop-1", { running: 4 }), worker("shop-2", { running: 4 })];
  const plan = planOf([seen("shop", busy), seen("cart", [], 1)], { maxWorkers: 2, memoryBytes: 0 });
  assert.deepEqual(
    plan.steps.map(({ worker: id, would }) => [id, would]),
    [
      ["shop-1", "drainWorker"],
      ["shop-2", "adopt"],
    ],
  );
  assert.match(takeoverPlanText(plan), /^pool cart would wait for a worker: the host is full/m);
});
