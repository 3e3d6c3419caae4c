// What holds for every plan in every world, whatever happened before: checked by the property tests on each
// plan before its actions are performed.

import assert from "node:assert/strict";
import type { Action } from "./action.ts";
import { demandOf } from "./demand.ts";
import type { ModelWorld } from "./model-world.ts";
import { dueWorker, isPeriodic } from "./recycling-policy.ts";
import { isOrphan, serves, sleeps, stays, type ObservedWorker } from "./observed-pool.ts";
import type { PoolPlan } from "./reconcile-pool.ts";

/** Fails when a plan breaks an invariant. */
export function checkPlan(world: ModelWorld, plan: PoolPlan): void {
  for (const action of plan.actions) {
    assert.ok(action.reason.length > 0, "every action has a reason");
    assert.equal(action.pool, "app");
  }
  checkAvailability(world, plan.actions);
  checkStarts(world, plan.actions);
  checkEnds(world, plan.actions);
  checkIdleFirst(world, plan.actions);
  checkTurns(world, plan.actions);
  checkSleep(world, plan.actions);
}

function isStart(action: Action): boolean {
  return action.kind === "startWorker";
}

function checkAvailability(world: ModelWorld, actions: readonly Action[]): void {
  for (const { kind } of actions) {
    if (kind === "takePoolOffline") assert.ok(!world.offline, "only an online pool goes offline");
    if (kind === "bringPoolOnline") assert.ok(world.offline, "only an offline pool comes online");
  }
}

/** The process limit, as its own table says. */
function checkStarts(world: ModelWorld, actions: readonly Action[]): void {
  const starts = actions.filter(isStart).length;
  if (starts === 0) return;
  const { desired, inService: workers } = world;
  assert.ok(desired?.enabled, "nothing starts in a pool that is stopped or removed");
  const online = !world.offline || actions.some(({ kind }) => kind === "bringPoolOnline");
  const goesOffline = actions.some(({ kind }) => kind === "takePoolOffline");
  assert.ok(online && !goesOffline, "nothing starts in a pool that is offline");

  const { pool, generation } = desired;
  const { maxProcesses } = pool.processModel;
  const ended = new Set(
    actions.flatMap((action) =>
      action.kind === "killWorker" || action.kind === "orphanWorker" ? action.worker : [],
    ),
  );
  const isServing = (worker: ObservedWorker): boolean => serves(worker) && !ended.has(worker.id);
  const gone = (worker: ObservedWorker): boolean =>
    worker.generation !== generation || worker.recycled === true;
  const limits = { periodicRestart: pool.recycling.periodicRestart, scheduled: desired.scheduled };
  const seen = world.observed.workers.filter((worker) => !isOrphan(worker));
  const old = seen.filter((worker) => gone(worker) || dueWorker(worker, limits, world.now));
  const oldServing = old.filter(isServing).length;
  const orphaned = actions.filter(({ kind }) => kind === "orphanWorker").length;
  const live = workers.length - orphaned + starts;
  assert.ok(live <= 2 * maxProcesses, "never more than 2 × maxProcesses live");
  if (old.length === 0) assert.ok(live <= maxProcesses, "one generation: maxProcesses live");
  const seats = live - (old.length - oldServing);
  assert.ok(seats <= maxProcesses + (oldServing > 0 ? 1 : 0), "no more seats than allowed");
  if (pool.recycling.disallowOverlappingRotation)
    assert.deepEqual(seen.filter(gone), [], "nothing starts beside an old worker without overlap");
}

function checkEnds(world: ModelWorld, actions: readonly Action[]): void {
  const ended = new Set<string>();
  for (const action of actions) {
    if (!isEnd(action)) continue;
    assert.ok(!ended.has(action.worker), "a worker is ended once in a plan");
    ended.add(action.worker);
    const worker = world.workers.find(({ id }) => id === action.worker);
    assert.ok(worker, "only a worker that exists is ended");
    if (action.kind === "drainWorker") {
      assert.ok(stays(worker), "nobody is drained twice, nor an orphan");
    } else if (action.kind === "orphanWorker") {
      assert.ok(world.desired?.pool.failure.orphanWorkerProcess, "only where that is wanted");
      assert.deepEqual(world.workers.filter(isOrphan), [], "one orphan is enough");
      if (worker.phase !== "resuming") checkSilence(world, worker);
    } else if (action.exitReason === "orphan") {
      assert.ok(isOrphan(worker), "who is killed for being an orphan is one");
      assert.equal(world.desired, undefined, "while its pool is there it is left alone");
    } else if (action.exitReason === "ping_failure" && worker.phase !== "resuming") {
      checkSilence(world, worker);
    } else
      assert.ok(
        ["starting", "resuming", "draining"].includes(worker.phase),
        "only these have a limit",
      );
  }
}

type End = Extract<Action, { kind: "drainWorker" | "killWorker" | "orphanWorker" }>;

function isEnd(action: Action): action is End {
  return ["drainWorker", "killWorker", "orphanWorker"].includes(action.kind);
}

function checkSilence(world: ModelWorld, { id, phase }: ObservedWorker): void {
  const since = world.stuck.get(id);
  const { pingIntervalMs = 0, pingResponseTimeMs = 0 } = world.desired?.pool.processModel ?? {};
  assert.equal(phase, "ready", "who sleeps may be silent");
  assert.ok(since !== undefined, "nobody who speaks is ended for silence");
  assert.ok(world.now - since >= pingIntervalMs + pingResponseTimeMs, "nor too early");
}

/** Nobody with work in hand goes while an idle worker of the same generation stays. */
function checkIdleFirst(world: ModelWorld, actions: readonly Action[]): void {
  const going = new Set(actions.filter(isEnd).map(({ worker }) => worker));
  const drained = new Set(
    actions.flatMap((action) =>
      action.kind === "drainWorker" && !isPeriodic(action.recycling) ? action.worker : [],
    ),
  );
  for (const { id, running, generation } of world.workers) {
    if (running === 0 || !drained.has(id)) continue;
    const idleStays = world.serving.some(
      (other) => other.running === 0 && other.generation === generation && !going.has(other.id),
    );
    assert.ok(!idleStays, "a busy worker goes while an idle one stays");
  }
}

/** Never all workers of a pool at once: a quarter, at least one, and while there is demand beside a ready one. */
function checkTurns(world: ModelWorld, actions: readonly Action[]): void {
  const ready = world.workers.filter(({ phase }) => phase === "ready");
  const turn = actions.filter(
    (action) =>
      action.kind === "drainWorker" &&
      isPeriodic(action.recycling) &&
      ready.some(({ id }) => id === action.worker),
  );
  if (turn.length === 0) return;
  const leaving = world.workers.filter(({ recycled }) => recycled).length;
  assert.ok(turn.length + leaving <= Math.max(1, ready.length / 4), "a few at a time");
  assert.ok(world.desired, "nobody is recycled in a pool that is removed");
  const { recycling, concurrency } = world.desired.pool;
  // One that was idle for long enough goes without a replacement.
  const demanded = demandOf(world.observed, concurrency).requests > 0;
  if (demanded && !recycling.disallowOverlappingRotation)
    assert.ok(ready.length > turn.length, "somebody stays ready");
}

/** Only who is idle is put to sleep, only who sleeps is resumed, and nobody starts while one could be. */
function checkSleep(world: ModelWorld, actions: readonly Action[]): void {
  const touched = new Set<string>();
  for (const action of actions) {
    if (!("worker" in action)) continue;
    assert.ok(!touched.has(action.worker), "one action for each worker");
    touched.add(action.worker);
    const worker = world.workers.find(({ id }) => id === action.worker);
    if (action.kind === "suspendWorker") {
      const { processModel } = world.desired?.pool ?? {};
      assert.equal(processModel?.idleTimeoutAction, "Suspend");
      assert.deepEqual([worker?.phase, worker?.running], ["ready", 0], "only the idle sleep");
      // What a listener has not told yet finds the worker resting, and calls that off.
      const told = world.observed.load?.waiting ?? 0;
      assert.equal(told, 0, "nobody is put to sleep while requests are known to wait");
    } else if (action.kind === "resumeWorker") {
      assert.ok(worker && sleeps(worker), "only who sleeps is resumed");
      assert.equal(worker.generation, world.desired?.generation, "nobody of an older generation");
    }
  }
  if (!actions.some(isStart)) return;
  // Who is due is let go instead.
  const left = world.workers.filter(
    (worker) =>
      sleeps(worker) && worker.generation === world.desired?.generation && !touched.has(worker.id),
  );
  assert.deepEqual(left, [], "whoever sleeps is resumed before another one starts");
}
