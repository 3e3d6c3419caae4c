// Requests move from one pool's queue to another's at any moment, while workers of either take, answer and
// crash: the invariants of docs/protocol.md hold for them, too.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import type { RecordedExchange } from "./test-support/recorded-exchange.ts";
import { routedPool, World, type WorkerProcess } from "./test-support/world.ts";

const POOLS = ["shop", "shop~canary"] as const;

type Action =
  | { readonly kind: "ask"; readonly method: "GET" | "PUT" | "POST" }
  | { readonly kind: "steps"; readonly count: number; readonly seed: number }
  | { readonly kind: "start"; readonly pool: (typeof POOLS)[number] }
  | { readonly kind: "crash"; readonly pick: number }
  | { readonly kind: "pass"; readonly ms: number }
  | { readonly kind: "move" };

const actions: fc.Arbitrary<Action[]> = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constant("ask" as const),
        method: fc.constantFrom("GET", "PUT", "POST"),
      }),
    },
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant("steps" as const),
        count: fc.integer({ min: 1, max: 20 }),
        seed: fc.nat(1_000_000),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant("start" as const),
        pool: fc.constantFrom(...POOLS),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant("crash" as const), pick: fc.nat(9) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("pass" as const),
        ms: fc.integer({ min: 100, max: 3000 }),
      }),
    },
    { weight: 3, arbitrary: fc.constant({ kind: "move" } as const) },
  ),
  { maxLength: 40 },
);

/** How often each outcome came. */
const outcomes = new Map<string, number>();

async function live(day: readonly Action[]): Promise<void> {
  const world = new World(routedPool("shop"), routedPool("shop~canary"));
  const listener = world.listener();
  const [shop, canary] = [listener.pool("shop"), listener.pool("shop~canary")];
  const exchanges: RecordedExchange[] = [];
  const workers: WorkerProcess[] = [];
  let alive: WorkerProcess[] = [];
  const start = (pool: string): void => {
    const worker = world.worker(`w${workers.length}`, 2, pool);
    worker.application.behave = (run) => run.answer();
    workers.push(worker);
    alive.push(worker);
  };
  for (const action of day) {
    if (action.kind === "ask") {
      const target = `/${exchanges.length}`;
      exchanges.push(listener.ask({ pool: "shop~canary", method: action.method, target }));
    } else if (action.kind === "steps") {
      let { seed } = action;
      world.scheduler.choose = (channels) => {
        seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
        return channels[(seed >>> 16) % channels.length];
      };
      for (let n = 0; n < action.count; n++) world.scheduler.step();
      world.scheduler.choose = undefined;
    } else if (action.kind === "start") start(action.pool);
    else if (action.kind === "pass") await world.pass(action.ms);
    else if (action.kind === "move") listener.dispatcher.moveWaiting(canary, shop);
    else {
      const worker = alive[action.pick % Math.max(1, alive.length)];
      worker?.crash();
      alive = alive.filter((other) => other !== worker);
      if (worker) listener.dispatcher.workerEnded(worker.pool, worker.name, "crashed");
    }
  }
  // The end of a canary: the rest moves, or is refused, and the pool serves.
  listener.dispatcher.moveWaiting(canary, shop);
  listener.dispatcher.refuseWaiting(canary, "AppOffline", "");
  start("shop");
  await world.pass(30_000, 500);

  for (const exchange of exchanges) {
    const { target, method } = exchange;
    assert.equal(exchange.outcomes.length, 1, `${method} ${target}: ${exchange.outcome}`);
    if (exchange.outcome === "answered") assert.equal(exchange.body.toString(), target);
    const runs = workers.flatMap(({ application }) =>
      application.runs.filter((run) => run.target === target),
    );
    if (method === "POST") assert(runs.length <= 1, `POST ${target} ran ${runs.length} times`);
    const counted = `${method} ${exchange.outcome}`;
    outcomes.set(counted, (outcomes.get(counted) ?? 0) + 1);
  }
  assert.equal(listener.dispatcher.leftovers, 0);
  for (const pool of POOLS) assert.equal(world.broker.queue(pool)?.depth, 0);
}

test("who moves has one outcome, its own answer, and runs at most once where it may not be repeated", async () => {
  await fc.assert(fc.asyncProperty(actions, live), { seed: 20_261_123, numRuns: 500 });
  // What may be repeated and has attempts left is always answered in the end; the days do mean something.
  for (const outcome of ["GET answered", "PUT answered", "POST answered", "POST AppOffline"])
    assert(outcomes.has(outcome), `never ${outcome}`);
  assert(!outcomes.has("GET AppOffline"));
});
