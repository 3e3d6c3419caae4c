// What must hold on a host that has limits, whatever pools are asked to do: the limits at every moment, and
// that nobody goes without for ever.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import type { HostLimits } from "@penstock/domain";
import { desire } from "./test-support/test-builders.ts";
import { HostWorld } from "./test-support/host-world.ts";
import { leaves } from "./observed-pool.ts";
import type { DesiredPool } from "./desired-pool.ts";

const MiB = 1024 ** 2;

type Event = (world: HostWorld) => void;

const nth = fc.nat({ max: 5 });

function poolOf(world: HostWorld, n: number): string {
  const names = [...world.pools.keys()];
  return names[n % names.length] ?? "";
}

const pools: fc.Arbitrary<readonly DesiredPool[]> = fc
  .array(
    fc.record({
      concurrency: fc.integer({ min: 1, max: 4 }),
      minProcesses: fc.integer({ min: 0, max: 2 }),
      maxProcesses: fc.integer({ min: 2, max: 8 }),
      idleTimeoutMs: fc.constantFrom(0, 2_000, 1_200_000),
      limitMiB: fc.constantFrom(32, 64, 200),
    }),
    { minLength: 1, maxLength: 5 },
  )
  .map((given) =>
    given.map(({ concurrency, limitMiB, ...processModel }, index) =>
      desire({
        name: `p${index}`,
        concurrency,
        processModel,
        limits: { memoryBytes: limitMiB * MiB },
      }),
    ),
  );

const limits: fc.Arbitrary<HostLimits> = fc
  .record({
    maxWorkers: fc.integer({ min: 0, max: 8 }),
    memoryMiB: fc.constantFrom(0, 100, 400, 900),
  })
  .map(({ maxWorkers, memoryMiB }) => ({ maxWorkers, memoryBytes: memoryMiB * MiB }));

const event: fc.Arbitrary<Event> = fc.oneof(
  fc.tuple(nth, fc.integer({ min: 1, max: 20 })).map(
    ([n, requests]): Event =>
      (world) =>
        world.arrive(poolOf(world, n), requests),
  ),
  fc.constant<Event>((world) => world.step()),
  fc.constantFrom(100, 1_000, 5_000, 40_000).map(
    (ms): Event =>
      (world) =>
        world.pass(ms),
  ),
  nth.map(
    (n): Event =>
      (world) =>
        world.orphan(poolOf(world, n)),
  ),
  fc.tuple(nth, fc.constantFrom("g1", "g2", "g3")).map(([n, generation]): Event => (world) => {
    const name = poolOf(world, n);
    const pool = world.of(name);
    pool.desired = { ...pool.desired, generation };
    world.touch(name);
  }),
);

function bytesHeld(world: HostWorld): number {
  return [...world.pools.values()].reduce(
    (sum, { desired, workers }) => sum + workers.length * (desired.pool.limits.memoryBytes ?? 0),
    0,
  );
}

function withinLimits(world: HostWorld): void {
  const { maxWorkers, memoryBytes } = world.limits;
  if (maxWorkers > 0) assert.ok(world.workers.length <= maxWorkers, "places");
  if (memoryBytes > 0) assert.ok(bytesHeld(world) <= memoryBytes, "memory");
}

const runs = { numRuns: 300 };

describe("Whatever pools of a host ask for", () => {
  it("never more live than the limits allow, those that leave among them", () => {
    const events = fc.array(event, { maxLength: 60, size: "max" });
    const property = fc.property(limits, pools, events, (given, configured, happened) => {
      const world = new HostWorld(given, configured);
      withinLimits(world);
      for (const each of happened) {
        each(world);
        world.turn();
        withinLimits(world);
      }
    });
    fc.assert(property, runs);
  });

  it("without limits nobody is short", () => {
    const events = fc.array(event, { maxLength: 30, size: "max" });
    const property = fc.property(pools, events, (configured, happened) => {
      const world = new HostWorld({ maxWorkers: 0, memoryBytes: 0 }, configured);
      for (const each of happened) {
        each(world);
        world.turn();
        assert.equal(world.ledger.short.size, 0);
        assert.ok(world.workers.every(({ pool }) => world.of(pool).workers.length <= 16));
      }
    });
    fc.assert(property, runs);
  });

  it("lowered limits are met again once everybody who was asked has left", () => {
    const events = fc.array(event, { maxLength: 40, size: "max" });
    const property = fc.property(
      pools,
      events,
      fc.integer({ min: 1, max: 4 }),
      (configured, happened, lower) => {
        const world = new HostWorld({ maxWorkers: 8, memoryBytes: 0 }, configured);
        for (const each of happened) {
          each(world);
          world.turn();
        }
        world.limits = { maxWorkers: lower, memoryBytes: 0 };
        world.touchAll();
        world.turn();
        for (let steps = 0; steps < 20; steps++) {
          world.step();
          world.pass(100);
        }
        withinLimits(world);
      },
    );
    fc.assert(property, runs);
  });
});

/** Pools that are asked for more than the host can do, all the time. */
function overload(world: HostWorld, ms: number, names: Iterable<string>): void {
  const asked = [...names];
  for (const until = world.now + ms; world.now < until; world.pass(500)) {
    for (const name of asked) if (world.of(name).waiting < 50) world.arrive(name, 50);
    world.step();
  }
}

describe("However many pools ask for more than there is", () => {
  const places = fc.integer({ min: 1, max: 12 });
  const counts = fc.integer({ min: 1, max: 6 });

  it("each has its equal share of the places, whoever came first", () => {
    const property = fc.property(places, counts, (maxWorkers, count) => {
      const names = Array.from({ length: count }, (_, index) => `p${index}`);
      const one = { concurrency: 1, processModel: { maxProcesses: 12 } };
      const world = new HostWorld(
        { maxWorkers, memoryBytes: 0 },
        names.map((name) => desire({ name, ...one })),
      );
      overload(world, 20_000, names.slice(0, 1));
      overload(world, 60_000, names);
      withinLimits(world);
      const held = names.map(
        (name) => world.of(name).workers.filter((worker) => !leaves(worker)).length,
      );
      if (maxWorkers >= count)
        assert.ok(Math.min(...held) >= Math.floor(maxWorkers / count), held.join());
    });
    fc.assert(property, { numRuns: 40 });
  });

  it("each is served before its queue times out, also where not all can have a worker", () => {
    const property = fc.property(places, counts, (maxWorkers, count) => {
      const names = Array.from(
        { length: Math.min(count, 3 * maxWorkers) },
        (_, index) => `p${index}`,
      );
      const one = { concurrency: 1, processModel: { maxProcesses: 12 } };
      const world = new HostWorld(
        { maxWorkers, memoryBytes: 0 },
        names.map((name) => desire({ name, ...one })),
      );
      overload(world, 20_000, names.slice(0, 1));
      overload(world, 110_000, names);
      assert.deepEqual(
        names.filter((name) => !world.of(name).served),
        [],
      );
    });
    fc.assert(property, { numRuns: 40 });
  });

  it("a large worker is not passed by small ones for ever", () => {
    const small = {
      concurrency: 1,
      processModel: { maxProcesses: 20 },
      limits: { memoryBytes: 50 * MiB },
    };
    const large = { concurrency: 1, limits: { memoryBytes: 600 * MiB } };
    const world = new HostWorld({ maxWorkers: 0, memoryBytes: 1000 * MiB }, [
      desire({ name: "small", ...small }),
      desire({ name: "large", ...large }),
    ]);
    overload(world, 20_000, ["small"]);
    assert.equal(world.of("small").workers.length, 20);
    overload(world, 60_000, ["small", "large"]);
    assert.equal(world.of("large").served, true);
    withinLimits(world);
  });
});
