// The table above `admit`, row by row.

import assert from "node:assert/strict";
import { test } from "node:test";
import { admit } from "./admission.ts";
import { PoolQueue } from "./pool-queue.ts";
import { World, routedPool } from "./test-support/world.ts";

test("a started pool with room admits", () => {
  assert.equal(admit(new PoolQueue(routedPool("shop")), false), undefined);
});

test("a listener that shuts down refuses before anything else is looked at", () => {
  const pool = new PoolQueue(routedPool("shop"));
  pool.state = { state: "offline", detail: "five crashes" };
  assert.deepEqual(admit(pool, true), { reason: "AppShutdown", detail: "" });
});

test("a pool that is disabled or offline refuses with what the controller said", () => {
  const pool = new PoolQueue(routedPool("shop"));
  pool.state = { state: "disabled", detail: "by hand" };
  assert.deepEqual(admit(pool, false), { reason: "Disabled", detail: "by hand" });
  pool.state = { state: "offline", detail: "five crashes" };
  assert.deepEqual(admit(pool, false), { reason: "AppOffline", detail: "five crashes" });
});

test("a full queue answers QueueFull without touching the broker", () => {
  const world = new World(routedPool("shop", { queueLength: 2 }));
  const listener = world.listener();
  const [first, second, third] = [listener.ask(), listener.ask(), listener.ask()];
  assert.deepEqual([first.state, second.state, third.state], ["waiting", "waiting", "done"]);
  assert.equal(third.outcome, "QueueFull");
  assert.equal(third.id, 0);
  world.scheduler.run();
  assert.equal(world.broker.queue("shop")?.depth, 2);
  assert.deepEqual(listener.observer.lines, ["shop rejected QueueFull"]);
});

test("what is refused changes no load, and what is admitted does", () => {
  const world = new World(routedPool("shop", { queueLength: 1 }));
  const listener = world.listener();
  listener.ask();
  const changes = listener.observer.loadChanges;
  assert.ok(changes > 0);
  listener.ask();
  assert.equal(listener.observer.loadChanges, changes);
});
