// What operators decide about canaries, and how a promotion comes to its end.

import assert from "node:assert/strict";
import test from "node:test";
import { desiredPool, untouched, type CanaryRuling } from "@penstock/activation";
import { versionsOf } from "@penstock/configuration";
import { canaryName, noHostLimits } from "@penstock/domain";
import { ManualClock } from "@penstock/testing";
import { givenPool } from "../given-pool.ts";
import { ObservedPools } from "../observed-pools.ts";
import { ObservedWorkerProcess } from "../observed-worker-process.ts";
import { Turns } from "../turns.ts";
import { PoolVersions } from "./pool-versions.ts";
import { versionStatus } from "./version-status.ts";

const shop = givenPool("shop", "canary: { command: [v2], weight: 20, sticky: { header: X-Id } }");
const blog = givenPool("blog");
const edge = { certificates: [], trustedProxies: [], proxyProtocolPorts: [] };

/** Pools `shop`, with a canary, and `blog`, without; `was` was ruled before. */
function given(was?: CanaryRuling["verdict"]) {
  const clock = new ManualClock();
  const pools = new ObservedPools();
  const done: string[] = [];
  const rulings = new Map<string, CanaryRuling>();
  if (was) rulings.set("shop", { verdict: was, versions: versionsOf(shop), weight: 20 });
  const desired = new Map(
    [shop, blog].map((pool) => [
      pool.name,
      desiredPool(pool, "g2", { standing: untouched, operatorStarts: 0 }),
    ]),
  );
  const rulingOn = (pool: string) => rulings.get(pool);
  const versions = new PoolVersions({
    configuration: { configuration: { pools: [shop, blog], edge, host: noHostLimits } },
    changeover: {
      run: (_before, _next, ruled) => {
        assert(ruled);
        rulings.set(ruled.pool, ruled.ruling);
        done.push(`${ruled.pool} ${ruled.ruling.verdict}`);
        return Promise.resolve();
      },
    },
    standings: { desired, rulingOn },
    versionsOf,
    pools,
    events: {
      failed: (_, cause) => assert.fail(String(cause)),
      promoted: (pool) => done.push(`${pool} is promoted`),
    },
    clock,
    ready: () => true,
    turns: new Turns(),
  });
  const worker = (pool: string, id: string, generation: string): void => {
    const found = { id, pool, generation, pid: 1, startedAt: 0, suspended: false };
    pools.of(pool).workers.set(id, new ObservedWorkerProcess(found));
  };
  worker("shop", "shop-1", "g1");
  worker(canaryName("shop"), "shop-canary-1", "c1");
  const pass = async (): Promise<void> => {
    clock.advance(250);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { versions, pools, done, rulingOn, desired, worker, pass };
}

test("a promotion holds at once, and ends when every worker of the pool runs the version", async () => {
  const { versions, pools, done, worker, pass } = given();
  const outcome = await versions.decide("shop", "promote");
  assert(outcome.kind === "obeyed");
  assert.deepEqual(outcome.leaving, ["shop-1", "shop-canary-1"]);
  assert.match(outcome.notice, /was promoted, whatever the file says/);
  worker("shop", "shop-2", "g2");
  for (let look = 0; look < 3; look++) await pass();
  assert.deepEqual(done, ["shop promoting"], "one worker runs the version of before");
  const [old] = pools.of("shop").workers.values();
  assert(old);
  old.phase = "draining";
  await pass();
  await pass();
  assert.deepEqual(done, ["shop promoting", "shop promoted", "shop is promoted"]);
});

test("a promotion that a controller before has begun is seen through", async () => {
  const { pools, done, pass } = given("promoting");
  pools.of("shop").workers.clear();
  await pass();
  assert.deepEqual(done, ["shop promoted", "shop is promoted"]);
});

test("a rollback has the canary's workers leave, and after a promotion the pool's too", async () => {
  const first = await given().versions.decide("shop", "rollback");
  assert(first.kind === "obeyed");
  assert.deepEqual(first.leaving, ["shop-canary-1"]);
  const { versions, done } = given("promoted");
  const second = await versions.decide("shop", "rollback");
  assert(second.kind === "obeyed");
  assert.deepEqual(second.leaving, ["shop-1", "shop-canary-1"]);
  assert.deepEqual(done, ["shop rolledBack"]);
});

test("what does not fit changes nothing and says what to do", async () => {
  const { versions, pools, done } = given();
  const refusal = async (pool: string) => {
    const outcome = await versions.decide(pool, "promote");
    assert(outcome.kind === "refused");
    return `${outcome.why}: ${outcome.remedy}`;
  };
  assert.deepEqual(await versions.decide("nobody", "promote"), { kind: "unknown" });
  assert.deepEqual(await versions.decide("nobody~canary", "promote"), { kind: "unknown" });
  assert.match(await refusal("blog"), /^it has no canary: /);
  assert.equal(
    await refusal("shop~canary"),
    "it is the canary of shop: penstock pool promote shop",
  );
  const verdict = { since: 0, generation: "c1", told: "", reason: "too many failures", detail: "" };
  pools.of(canaryName("shop")).verdict = verdict;
  assert.equal(
    await refusal("shop"),
    "its canary is offline: too many failures: penstock pool rollback shop",
  );
  assert.deepEqual(done, []);
});

test("both versions show their share, and the pool what was decided", () => {
  const { desired, rulingOn } = given("promoting");
  const { ruling, version } = versionStatus("shop", desired, rulingOn);
  assert.deepEqual(version, { of: "shop", runs: "stable", share: 80, sticky: "header X-Id" });
  assert.equal(ruling?.verdict, "promoting");
  assert.deepEqual(versionStatus("shop~canary", desired, rulingOn), {
    version: { of: "shop", runs: "canary", share: 20, sticky: "header X-Id" },
  });
  assert.deepEqual(versionStatus("blog", desired, rulingOn), {});
});
