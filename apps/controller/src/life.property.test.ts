// The whole life of pools as a state machine: whatever operators ask, whatever breaks and however clients come,
// no request is lost that may be repeated, nobody starts beyond the limits, everything that happens is told, and
// who waits at a pool that serves is served.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { ApplicationPool } from "@penstock/domain";
import { aPool } from "@penstock/testing";
import * as fc from "fast-check";
import { LifeWorld } from "./test-support/life-world.ts";
import type { LifeWorker, StartFate } from "./test-support/life-worker.ts";

type Step = (world: LifeWorld) => void | Promise<void>;

const names = ["one", "two"] as const;
const name = fc.constantFrom(...names);

const poolOf = (pool: (typeof names)[number]) =>
  fc
    .record({
      concurrency: fc.integer({ min: 1, max: 4 }),
      startMode: fc.constantFrom("OnDemand" as const, "AlwaysRunning" as const),
      environment: fc.constantFrom({}, { VERSION: "2" }),
      processModel: fc.record({
        minProcesses: fc.integer({ min: 0, max: 2 }),
        maxProcesses: fc.integer({ min: 1, max: 4 }),
        idleTimeoutMs: fc.constantFrom(0, 3000, 60_000),
        idleTimeoutAction: fc.constantFrom("Terminate" as const, "Suspend" as const),
        startupTimeLimitMs: fc.constant(20_000),
        shutdownTimeLimitMs: fc.constant(10_000),
      }),
      recycling: fc.record({ disallowOverlappingRotation: fc.boolean() }),
      failure: fc.record({
        rapidFailProtectionMaxCrashes: fc.integer({ min: 1, max: 5 }),
        autoRecoverMs: fc.constantFrom(0, 10_000),
        orphanWorkerProcess: fc.boolean(),
      }),
    })
    .map((changes) => aPool({ name: pool, ...changes }));

/** Both pools, or one that was removed or not added yet. */
const configuration = fc
  .tuple(poolOf("one"), poolOf("two"), fc.constantFrom("both", "both", "one", "two"))
  .map(([one, two, kept]) => [one, two].filter((pool) => kept === "both" || pool.name === kept));

function settings({ name: pool, concurrency, environment, ...more }: ApplicationPool) {
  const { startMode, processModel, recycling, failure } = more;
  return { pool, concurrency, environment, startMode, processModel, recycling, failure };
}

/** A step that says in a counterexample what it is. */
const named = (label: string, what: Step): Step =>
  Object.assign(what, { [fc.toStringMethod]: () => label });

/** Does something to the nth worker, counted round; nothing in a world without one. */
const toWorker = (
  label: string,
  what: (world: LifeWorld, worker: LifeWorker) => void | Promise<void>,
) =>
  fc.nat({ max: 7 }).map((nth) =>
    named(`worker ${nth} ${label}`, async (world) => {
      const worker = world.workers[nth % Math.max(1, world.workers.length)];
      if (worker) await what(world, worker);
    }),
  );

const load = fc.oneof(
  fc
    .tuple(name, fc.integer({ min: 1, max: 12 }), fc.boolean())
    .map(([pool, count, repeatable]) =>
      named(`${count} requests at ${pool}, ${repeatable ? "" : "not "}repeatable`, (world) =>
        world.requests(pool).arrive(count, repeatable),
      ),
    ),
  toWorker("answers one", (_, worker) => worker.finish(false)),
  toWorker("answers all", (_, worker) => worker.finish(true)),
);

const faults = fc.oneof(
  toWorker("crashes", (_, { process }) => process.crash("SIGSEGV")),
  toWorker("exits with 0", (_, { process }) => process.exit(0)),
  toWorker("runs out of memory", (_, { process }) => process.crash("SIGKILL", true)),
  toWorker("is stuck", (_, worker) => worker.stick()),
  toWorker("comes to itself", (_, worker) => worker.unstick()),
  fc.constantFrom<StartFate>("ready", "ready", "slow", "hangs", "exits", "fails").map((fate) =>
    named(`starts: ${fate}`, (world) => {
      world.fate = fate;
    }),
  ),
  fc.boolean().map((away) =>
    named(`the engine is ${away ? "away" : "there"}`, (world) => {
      world.engineAway = away;
    }),
  ),
  fc.constant(named("the controller is killed", (world) => world.killController())),
  fc.constant(named("a controller starts", (world) => world.startController())),
);

const operators = fc.oneof(
  fc
    .tuple(name, fc.constantFrom("start" as const, "stop" as const, "recycle" as const))
    .map(([pool, command]) => named(`${command} ${pool}`, (world) => world.command(pool, command))),
  fc
    .tuple(name, fc.integer({ min: 0, max: 4 }), fc.constantFrom(undefined, 500, 30_000))
    .map(([pool, workers, forMs]) =>
      named(`scale ${pool} to ${workers} for ${forMs} ms`, (world) =>
        world.scale(pool, workers, forMs),
      ),
    ),
  toWorker("is asked to stop", (world, { id }) => world.endWorker(id, "stop")),
  toWorker("is killed by an operator", (world, { id }) => world.endWorker(id, "kill")),
  configuration.map((pools) =>
    named(`reload ${fc.stringify(pools.map(settings))}`, (world) => world.reload(pools)),
  ),
);

const time = fc
  .constantFrom(100, 1000, 6000, 45_000)
  .map((ms) => named(`${ms} ms`, (world) => world.pass(ms)));

const life = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: load },
    { weight: 3, arbitrary: time },
    { weight: 3, arbitrary: faults },
    { weight: 2, arbitrary: operators },
  ),
  { maxLength: 40, size: "max" },
);

/** Startup and shutdown limits, silence and the longest wait after failures, milliseconds. */
const PATIENCE_MS = 400_000;

test("whatever happens, no request is lost that may be repeated, and who waits is served in the end", async () => {
  const property = fc.asyncProperty(configuration, life, async (pools, steps) => {
    const world = new LifeWorld(pools);
    await world.startController();
    for (const step of steps) {
      await step(world);
      await world.settle();
    }
    // All is well again: processes behave, the engine answers, a controller runs, operators start every pool.
    world.fate = "ready";
    world.engineAway = false;
    await world.startController();
    for (const pool of names) await world.command(pool, "start");
    await world.settle();
    const last = names.map((pool) => world.requests(pool));
    for (const requests of last) requests.arrive(1, true);
    await world.settle();
    const left = () => last.some(({ all }) => all.some(({ outcome }) => outcome === undefined));
    for (let waited = 0; waited < PATIENCE_MS && left(); waited += 1000)
      await world.pass(1000, () => {
        for (const worker of world.workers) worker.finish(true);
      });
    for (const { all } of last) {
      const lost = all.filter(({ repeatable, outcome }) => repeatable && outcome === "abandoned");
      assert.deepEqual(lost, [], "none that may be repeated is lost");
      const open = all.filter(({ outcome }) => outcome === undefined);
      assert.deepEqual(open, [], "nobody waits for ever");
    }
    world.killController();
  });
  await fc.assert(property, { numRuns: 400 });
});

test("a worker that ends before its launch has come back is not waited for", async () => {
  const world = new LifeWorld([aPool({ name: "one", processModel: { maxProcesses: 1 } })]);
  await world.startController();
  world.fate = "exits";
  world.requests("one").arrive(1, true);
  await world.settle();
  world.fate = "ready";
  await world.pass(10_000);
  assert.deepEqual(
    world.workers.map(({ hand }) => hand.length),
    [1],
    "the next one has the request",
  );
  world.killController();
});

test("a worker whose kill failed because the engine was away is killed when it is back", async () => {
  const world = new LifeWorld([aPool({ name: "one", processModel: { maxProcesses: 1 } })]);
  await world.startController();
  world.requests("one").arrive(1, true);
  await world.pass(2000);
  for (const worker of world.workers) worker.stick();
  world.engineAway = true;
  await world.pass(60_000);
  assert.equal(world.workers.length, 1);
  world.engineAway = false;
  await world.pass(10_000);
  assert.deepEqual(
    world.workers.map(({ stuck, hand }) => [stuck, hand.length]),
    [[false, 1]],
    "another one has the request",
  );
  world.killController();
});

const orphaning = (changes: Parameters<typeof aPool>[0] = {}) =>
  aPool({
    name: "one",
    processModel: { maxProcesses: 1, minProcesses: 1 },
    failure: { orphanWorkerProcess: true },
    ...changes,
  });

/** A world with one pool whose only worker is an orphan and has come to itself, and with another one in its place. */
async function withOrphan(): Promise<{ world: LifeWorld; orphan: LifeWorker }> {
  const world = new LifeWorld([orphaning()]);
  await world.startController();
  await world.pass(10_000);
  const [orphan] = world.workers;
  assert(orphan);
  world.requests("one").arrive(1, true);
  await world.settle();
  orphan.stick();
  await world.pass(60_000);
  orphan.unstick();
  return { world, orphan };
}

test("a silent worker is left alone, and its request, its place and what comes later are another one's", async () => {
  const { world, orphan } = await withOrphan();
  assert.deepEqual(
    world.workers.map(({ process, hand }) => [process.ended, hand.length]),
    [
      [false, 0],
      [false, 1],
    ],
  );
  for (const worker of world.workers) worker.finish(true);
  world.requests("one").arrive(3, true);
  await world.pass(60_000);
  assert.deepEqual([orphan.process.ended, orphan.hand], [false, []]);
  const [, next] = world.workers;
  next?.stick();
  await world.pass(60_000);
  assert.equal(world.workers.length, 2, "a second one is killed");
  assert.deepEqual([orphan.process.ended, next?.process.ended], [false, true]);
  world.killController();
});

test("a successor knows an orphan again, and an operator ends it", async () => {
  const { world, orphan } = await withOrphan();
  world.killController();
  await world.startController();
  await world.pass(120_000);
  assert.equal(orphan.process.ended, false);
  await world.endWorker(orphan.id, "stop");
  await world.pass(1000);
  assert.equal(orphan.process.ended, true, "it hears nothing, so it is killed");
  assert.equal(world.workers.length, 1);
  world.killController();
});

test("an orphan goes with its pool", async () => {
  const { world, orphan } = await withOrphan();
  await world.reload([aPool({ name: "two" })]);
  await world.pass(1000);
  assert.equal(orphan.process.ended, true);
  world.killController();
});

test("a verdict that another configuration has ended does not come back with it, nor with a successor", async () => {
  const failing = aPool({ name: "one", failure: { rapidFailProtectionMaxCrashes: 1 } });
  const changed = { ...failing, environment: { VERSION: "2" } };
  for (const endedBy of ["a reload", "a start"]) {
    const world = new LifeWorld([failing]);
    await world.startController();
    world.fate = "exits";
    world.requests("one").arrive(1, true);
    await world.settle();
    world.fate = "ready";
    if (endedBy === "a reload") await world.reload([changed]);
    else {
      world.killController();
      await world.startController([changed]);
    }
    await world.reload([failing]);
    await world.settle();
    world.killController();
    await world.startController();
    const { all } = world.requests("one");
    assert.equal(all[0]?.outcome, "refused", "it was offline");
    world.requests("one").arrive(1, true);
    await world.pass(60_000, () => {
      for (const worker of world.workers) worker.finish(true);
    });
    assert.equal(all[1]?.outcome, "answered", endedBy);
    world.killController();
  }
});

test("what is held for a time ends by itself, also where another controller ended meanwhile", async () => {
  const pool = aPool({ name: "one", processModel: { maxProcesses: 4, idleTimeoutMs: 3000 } });
  for (const killed of [false, true]) {
    const world = new LifeWorld([pool]);
    await world.startController();
    await world.scale("one", 3, 30_000);
    await world.pass(20_000);
    assert.equal(world.workers.length, 3);
    if (killed) world.killController();
    await world.pass(20_000);
    await world.startController();
    await world.pass(40_000);
    assert.deepEqual(world.workers, [], "it goes by its demand");
    world.killController();
  }
});

test("a controller that has just started lets nobody go before it has heard what they have in hand", async () => {
  const pool = aPool({ name: "one", concurrency: 2, processModel: { maxProcesses: 4 } });
  const world = new LifeWorld([pool]);
  await world.startController();
  world.requests("one").arrive(8, true);
  await world.pass(2000);
  world.killController();
  await world.startController();
  await world.pass(60_000);
  assert.deepEqual(
    world.workers.map(({ leavingSince, hand }) => [leavingSince, hand.length]),
    Array.from({ length: 4 }, () => [undefined, 2]),
  );
  world.killController();
});
