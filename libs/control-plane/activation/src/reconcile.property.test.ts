// What must hold whatever happens: random sequences of events on a model world, the invariants checked on
// each plan, then the promises that need time.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { ModelWorld } from "./model-world.ts";
import { checkPlan } from "./plan-invariants.ts";
import { restingMemory } from "./pool-memory.ts";
import { desire, type PoolChanges } from "./test-support/test-builders.ts";
import {
  anything,
  limitMs,
  poolChanges,
  processes,
  recyclingPools,
  rotation,
  time,
  traffic,
  type Event,
} from "./test-support/world-events.ts";

function play(changes: PoolChanges, events: readonly Event[], after?: Event): ModelWorld {
  const world = new ModelWorld(desire(changes), checkPlan);
  for (const event of events) {
    event(world);
    world.turn();
    after?.(world);
  }
  return world;
}

/** Whatever happened: an enabled pool with a clean slate, and listeners that report. */
function restore(world: ModelWorld, changes: PoolChanges): void {
  for (const worker of world.workers) if (worker.phase === "stopping") world.end(worker);
  world.turn();
  world.stuck.clear();
  world.desired = desire(changes);
  world.listenersReport = true;
  world.offline = false;
  world.memory = undefined;
  world.turn();
}

const runs = { numRuns: 500 };

describe("Whatever happens to a pool", () => {
  it("every plan keeps the invariants and is empty after a few turns", () => {
    const world = fc.array(anything, { maxLength: 60, size: "max" });
    fc.assert(
      fc.property(recyclingPools, world, (changes, events) => void play(changes, events)),
      runs,
    );
  });

  it("never more workers live than the process limit says, through every rotation", () => {
    const events = fc.array(fc.oneof(traffic, processes, time, rotation), {
      maxLength: 80,
      size: "max",
    });
    const property = fc.property(poolChanges, events, (changes, happened) => {
      play(changes, happened, ({ workers: all, inService: workers, serving, desired }) => {
        const max = desired?.pool.processModel.maxProcesses ?? 0;
        assert.ok(all.length - workers.length <= 1, "and one orphan besides");
        const generations = new Set(workers.map(({ generation }) => generation)).size;
        assert.ok(workers.length <= 2 * max);
        assert.ok(serving.length <= max + 1);
        if (generations < 2) assert.ok(workers.length <= max);
      });
    });
    fc.assert(property, runs);
  });

  it("a steady world gives an empty plan until the next wake", () => {
    const property = fc.property(
      recyclingPools,
      fc.array(anything, { maxLength: 40, size: "max" }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (changes, events, share) => {
        let plans = 0;
        const world = new ModelWorld(desire(changes), (_, { actions }) => {
          if (actions.length > 0) plans++;
        });
        for (const event of events) {
          event(world);
          world.turn();
        }
        // Steady means that the listeners' last report is in.
        world.pass(100);
        plans = 0;
        const { now, wakeAt } = world;
        world.now = now + share * Math.max(0, (wakeAt ?? now + 1e9) - now - 1);
        world.turn();
        assert.equal(plans, 0);
      },
    );
    fc.assert(property, runs);
  });
});

describe("However late listeners report", () => {
  it("one client that sends one request after the other never makes a second worker", () => {
    const pauses = fc.array(fc.nat({ max: 120 }), { minLength: 30, maxLength: 30 });
    const property = fc.property(pauses, (lengths) => {
      const world = new ModelWorld(desire({ concurrency: 1 }), checkPlan);
      for (const lengthMs of lengths) {
        world.arrive(1);
        world.turn();
        for (const worker of world.workers) world.becomeReady(worker);
        world.turn();
        world.pass(lengthMs);
        for (const worker of world.workers) world.finish(worker, true);
        world.turn();
        assert.equal(world.workers.length, 1);
      }
    });
    fc.assert(property);
  });

  it("a worker that drains and ends makes no other one start", () => {
    const property = fc.property(fc.nat({ max: 120 }), fc.nat({ max: 120 }), (working, late) => {
      const world = new ModelWorld(desire(), checkPlan);
      world.arrive(3);
      world.turn();
      for (const worker of world.workers) world.becomeReady(worker);
      world.turn();
      world.pass(working);
      // As an operator would: asked to go by hand, not by the plan.
      for (const worker of world.workers) worker.phase = "draining";
      world.turn();
      world.pass(late);
      for (const worker of world.workers) world.end(worker);
      world.turn();
      assert.deepEqual(world.workers, []);
    });
    fc.assert(property);
  });
});

describe("Whatever happened to a pool", () => {
  const history = fc.array(anything, { maxLength: 40, size: "max" });

  it("a request is served within a bounded time once processes behave", () => {
    const property = fc.property(poolChanges, history, (changes, events) => {
      const world = play(changes, events);
      restore(world, changes);
      world.waiting = 1;
      world.turn();
      world.behave(5_000, 100);
      assert.equal(world.waiting, 0);
    });
    fc.assert(property, runs);
  });

  it("a request gets a start within the limits even if every process misbehaves", () => {
    const property = fc.property(poolChanges, history, (changes, events) => {
      const world = play(changes, events);
      restore(world, changes);
      if (world.serving.length > 0) return;
      world.waiting = 1;
      world.turn();
      // Nobody goes when asked: each is killed at its limit, and a kill is final.
      for (let passed = 0; passed < limitMs + 1_000; passed += 1_000) {
        for (const worker of world.workers) if (worker.phase === "stopping") world.end(worker);
        world.turn();
        if (world.serving.length > 0) return;
        world.pass(1_000);
      }
      assert.fail("nothing was started");
    });
    fc.assert(property, runs);
  });

  it("a pool with min 0 ends at zero: no worker, no memory but its pace, no wake", () => {
    const property = fc.property(
      poolChanges,
      history,
      fc.constantFrom(2_000, 60_000),
      (changes, events, idleTimeoutMs) => {
        const world = play(changes, events);
        const processModel = {
          ...changes.processModel,
          minProcesses: 0,
          idleTimeoutMs,
          idleTimeoutAction: "Terminate",
        } as const;
        restore(world, { ...changes, startMode: "OnDemand", processModel });
        world.waiting = 0;
        world.turn();
        world.behave(idleTimeoutMs + 40_000, 1_000);
        assert.deepEqual(world.inService, []);
        // Failures that happened on the way are forgotten with their interval.
        world.pass(300_000);
        world.turn();
        const pace = world.memory && restingMemory(world.memory);
        assert.deepEqual([world.memory, world.wakeAt], [pace, undefined]);
      },
    );
    fc.assert(property, runs);
  });

  it("a worker whose loop is stuck is gone within the limits", () => {
    const property = fc.property(poolChanges, history, (changes, events) => {
      const world = play(changes, events);
      // One that is put to sleep is not missed: it is gone once it is to wake.
      const processModel = {
        ...changes.processModel,
        minProcesses: 2,
        idleTimeoutAction: "Terminate",
      } as const;
      restore(world, { ...changes, processModel });
      world.behave(1_000, 100);
      const stuck = world.workers.find(({ phase }) => phase === "ready");
      if (!stuck) return;
      world.stuck.set(stuck.id, world.now);
      // Silence, or, if its pool lets it go meanwhile, the shutdown limit.
      world.behave(40_000 + limitMs + 1_000, 1_000);
      assert.ok(!world.inService.includes(stuck));
    });
    fc.assert(property, runs);
  });

  it("workers that are due are all replaced, one after the other, and somebody is ready all the way", () => {
    const property = fc.property(poolChanges, history, (changes, events) => {
      let recycling = false;
      const world = new ModelWorld(desire(changes), (seen, plan) => {
        checkPlan(seen, plan);
        assert.ok(!recycling || seen.workers.some(({ phase }) => phase === "ready"));
      });
      const restored: Event = (then) => restore(then, { ...changes, recycling: {} });
      for (const event of [...events, restored]) {
        event(world);
        world.turn();
      }
      world.arrive(1);
      world.turn();
      world.behave(1_000, 100);
      recycling = true;
      const before = new Set(world.workers.map(({ id }) => id));
      assert.ok(world.desired);
      world.desired = { ...world.desired, scheduled: { last: world.now, next: Infinity } };
      world.turn();
      for (let step = 0; step < 100; step++) {
        world.arrive(1);
        world.turn();
        world.behave(100, 100);
      }
      assert.ok(world.inService.every(({ id }) => !before.has(id)));
    });
    fc.assert(property, runs);
  });

  it("a pool that sleeps is asleep when it was idle, and a request wakes a worker and starts none", () => {
    const property = fc.property(poolChanges, history, (changes, events) => {
      const world = play(changes, events);
      const processModel = {
        ...changes.processModel,
        minProcesses: 0,
        idleTimeoutMs: 2_000,
        idleTimeoutAction: "Suspend",
      } as const;
      restore(world, { ...changes, startMode: "OnDemand", processModel });
      world.waiting = 1;
      world.turn();
      world.behave(40_000, 1_000);
      const asleep = world.inService.map(({ id, phase }) => `${id} ${phase}`);
      assert.ok(asleep.length > 0 && asleep.every((worker) => worker.endsWith(" suspended")));
      // Nothing is left to be done while it sleeps, for however long.
      world.pass(1e9);
      assert.deepEqual(
        world.inService.map(({ id, phase }) => `${id} ${phase}`),
        asleep,
      );
      world.arrive(1);
      world.turn();
      assert.deepEqual(
        world.inService.map(({ phase }) => phase).toSorted(),
        ["resuming", ...asleep.slice(1).map(() => "suspended")].toSorted(),
      );
      assert.equal(world.inService.length, asleep.length);
      world.behave(100, 100);
      assert.equal(world.waiting, 0);
    });
    fc.assert(property, runs);
  });

  it("a pool moves to its generation completely, and somebody is ready all the way", () => {
    const property = fc.property(poolChanges, history, (changes, events) => {
      let rotating = false;
      const world = new ModelWorld(desire(changes), (seen, plan) => {
        checkPlan(seen, plan);
        assert.ok(!rotating || seen.workers.some(({ phase }) => phase === "ready"));
      });
      for (const event of [
        ...events,
        (then: ModelWorld) => restore(then, { ...changes, recycling: {} }),
      ]) {
        event(world);
        world.turn();
      }
      world.arrive(1);
      world.turn();
      world.behave(1_000, 100);
      rotating = true;
      assert.ok(world.desired);
      world.desired = { ...world.desired, generation: "g9" };
      world.turn();
      for (let step = 0; step < 50; step++) {
        world.arrive(1);
        world.turn();
        world.behave(100, 100);
      }
      assert.ok(world.inService.every(({ generation }) => generation === "g9"));
    });
    fc.assert(property, runs);
  });
});
