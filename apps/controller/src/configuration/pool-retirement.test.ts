import assert from "node:assert/strict";
import test from "node:test";
import { ManualClock } from "@penstock/testing";
import { givenPool } from "../given-pool.ts";
import { ObservedPools } from "../observed-pools.ts";
import { ObservedWorkerProcess } from "../observed-worker-process.ts";
import { Turns } from "../turns.ts";
import { PoolRetirement } from "./pool-retirement.ts";

/** A pool `shop` that is seen off, and what is done about it, in order. */
function given(waiting: number) {
  const clock = new ManualClock();
  const pools = new ObservedPools();
  const done: string[] = [];
  const world = { messages: 0 };
  const note = (what: string) => {
    done.push(what);
    return Promise.resolve();
  };
  const retirement = new PoolRetirement({
    pools,
    queues: {
      depth: () =>
        Promise.resolve({ messages: world.messages, bytes: 0, oldestAgeMs: 0, enqueued: 0 }),
    },
    routing: { publishState: (pool, { state }) => note(`${pool} ${state}`) },
    signals: { ignoreDemand: (pool) => done.push(`${pool} silent`) },
    standings: { remove: (pool) => note(`${pool} unwanted`), desired: new Map() },
    provisioning: { remove: (pool) => note(`${pool} removed`) },
    events: { failed: (_, cause) => assert.fail(String(cause)), poolsConfigured: () => {} },
    clock,
    turns: new Turns(),
    touch: (pool) => done.push(`${pool} touched`),
  });
  const worker = new ObservedWorkerProcess({
    id: "shop-1",
    pool: "shop",
    generation: "g1",
    pid: 1,
    startedAt: 0,
    suspended: false,
  });
  pools.of("shop").workers.set("shop-1", worker);
  const load = (count: number) =>
    pools.report(
      "l1",
      { complete: false, pools: [{ pool: "shop", waiting: count, running: 0 }] },
      0,
    );
  load(waiting);
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 250) {
      clock.advance(250);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  retirement.begin(givenPool("shop", "processModel: { shutdownTimeLimit: 10s }"));
  return { clock, pools, done, world, retirement, load, pass };
}

const REFUSED = ["shop disabled", "shop unwanted", "shop touched"];
const REMOVED = [...REFUSED, "shop silent", "shop removed"];

test("what waits is served first; then its workers go, and with the last of them all that it had", async () => {
  const { pools, done, world, retirement, load, pass } = given(2);
  await pass(5000);
  assert.deepEqual(done, [], "a listener has requests waiting");
  load(0);
  world.messages = 1;
  await pass(1000);
  assert.deepEqual(done, [], "its queue is not empty");
  world.messages = 0;
  await pass(500);
  assert.deepEqual(done, REFUSED);
  await pass(2000);
  assert.deepEqual(done, REFUSED, "a worker finishes what it has in hand");
  assert(retirement.has("shop"));
  pools.of("shop").workers.clear();
  await pass(500);
  assert.deepEqual(done, REMOVED);
  assert(!retirement.has("shop"));
});

test("listeners have time to take the new table over before an empty queue counts", async () => {
  const { done, pass } = given(0);
  await pass(1250);
  assert.deepEqual(done, []);
  await pass(500);
  assert.deepEqual(done, REFUSED);
});

test("what still waits after shutdownTimeLimit is refused", async () => {
  const { done, pass } = given(2);
  await pass(9750);
  assert.deepEqual(done, []);
  await pass(500);
  assert.deepEqual(done, REFUSED);
});

test("a pool that is configured again stays, and no timer is left", async () => {
  const { clock, done, retirement, pass } = given(0);
  retirement.keep("shop");
  await pass(20_000);
  assert.deepEqual(done, []);
  assert.equal(clock.pendingTimers, 0);
});
