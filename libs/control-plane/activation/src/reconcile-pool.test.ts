// Walks the table of reconcile-pool.ts, then plays the stories that single policies cannot tell.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { exhaustive } from "@penstock/foundation";
import type { Action } from "./action.ts";
import type { DesiredPool } from "./desired-pool.ts";
import type { ObservedPool } from "./observed-pool.ts";
import type { PoolMemory } from "./pool-memory.ts";
import { reconcilePool, type PoolPlan } from "./reconcile-pool.ts";
import { aWorker, anExit, desire, seen } from "./test-support/test-builders.ts";

/** An action in few words: what, whom, why. */
function words(action: Action): string {
  switch (action.kind) {
    case "startWorker":
      return `start ${action.generation} ${action.trigger}`;
    case "drainWorker":
      return `drain ${action.worker} ${action.exitReason}`;
    case "suspendWorker":
      return `suspend ${action.worker}`;
    case "resumeWorker":
      return `resume ${action.worker}`;
    case "killWorker":
      return `kill ${action.worker} ${action.exitReason}`;
    case "orphanWorker":
      return `orphan ${action.worker}`;
    case "reportStartFailure":
      return `report ${action.cause}`;
    case "takePoolOffline":
      return "offline";
    case "bringPoolOnline":
      return "online";
    default:
      return exhaustive(action);
  }
}

function plan(
  desired: DesiredPool | undefined,
  observed: ObservedPool,
  now = 0,
  memory?: PoolMemory,
): PoolPlan & { readonly words: readonly string[] } {
  const decided = reconcilePool(desired, observed, memory, now);
  return { ...decided, words: decided.actions.map(words) };
}

const waiting = (requests: number): Partial<ObservedPool> => ({
  load: { waiting: requests, running: 0 },
});

describe("A pool with an orphan", () => {
  const orphan = aWorker("o", { phase: "orphaned" });

  it("has all of its places for others", () => {
    const desired = desire({ processModel: { maxProcesses: 1 } });
    const { words: said } = plan(desired, seen([orphan], waiting(1)));
    assert.deepEqual(said, ["start g1 demand"]);
  });

  it("is at rest otherwise, and leaves it alone when it is stopped", () => {
    assert.deepEqual(plan(desire(), seen([orphan])).memory, undefined);
    const stopped = plan(desire({}, { enabled: false }), seen([orphan, aWorker("a")]));
    assert.deepEqual(stopped.words, ["drain a manual"]);
  });

  it("kills it when it is removed", () => {
    assert.deepEqual(plan(undefined, seen([orphan])).words, ["kill o orphan"]);
  });

  it("counts that it was orphaned as a failure, and its end not", () => {
    const desired = desire({ failure: { rapidFailProtectionMaxCrashes: 1 } });
    const exit = { id: "o", code: null, askedFor: "ping_failure", orphaned: true } as const;
    const failed = plan(desired, seen([orphan], { exits: [anExit(0, exit)] }));
    assert.deepEqual(failed.words, ["offline"]);
    assert.equal(
      failed.actions[0]?.reason,
      "too many failures: o did not answer and was left for a debugger",
    );
    const ended = anExit(0, { id: "o", phase: "stopping", askedFor: "orphan" });
    assert.deepEqual(plan(desired, seen([], { exits: [ended] })).words, []);
  });
});

describe("A pool that was removed", () => {
  it("drains what serves, and is forgotten with its last worker", () => {
    const draining = aWorker("c", { phase: "draining", phaseSince: 10 });
    const workers = [aWorker("a", { running: 3 }), aWorker("b", { phase: "starting" }), draining];
    const decided = plan(undefined, seen(workers), 20);
    assert.deepEqual(decided.words, ["drain a manual", "drain b manual"]);
    assert.equal(decided.wakeInMs, 89_990);
    const { memory } = plan(desire(), seen(workers));
    assert.ok(memory);
    assert.equal(plan(undefined, seen(workers), 20, memory).memory, memory);
    assert.equal(plan(undefined, seen(), 20, memory).memory, undefined);
  });

  it("kills at the pool's own shutdown limit as long as that is remembered", () => {
    const known = desire({ processModel: { shutdownTimeLimitMs: 5_000 } });
    const { memory } = plan(known, seen([aWorker("a", { running: 1 })]));
    const observed = seen([aWorker("a", { phase: "draining", phaseSince: 100 })]);
    assert.deepEqual(plan(undefined, observed, 5_099, memory).words, []);
    assert.deepEqual(plan(undefined, observed, 5_100, memory).words, ["kill a shutdown_timeout"]);
    assert.deepEqual(plan(undefined, observed, 5_100).words, []);
  });
});

describe("A pool that is stopped", () => {
  it("drains what serves and starts nothing, whatever waits", () => {
    const stopped = desire({ startMode: "AlwaysRunning" }, { enabled: false });
    const workers = [aWorker("a"), aWorker("b", { phase: "starting" })];
    const observed = seen(workers, { ...waiting(50), arrivedWithoutWorker: true });
    assert.deepEqual(plan(stopped, observed).words, ["drain a manual", "drain b manual"]);
  });

  it("kills who oversteps a limit, and does not ask it to drain as well", () => {
    const observed = seen([aWorker("a", { phase: "starting" })]);
    const stopped = desire({}, { enabled: false });
    assert.deepEqual(plan(stopped, observed, 90_000).words, ["kill a startup_timeout"]);
  });

  it("does not count failures", () => {
    const stopped = desire({}, { enabled: false });
    const exits = [1, 2, 3, 4, 5].map((at) => anExit(at));
    const decided = plan(stopped, seen([], { exits }), 5);
    assert.deepEqual([decided.words, decided.memory], [[], undefined]);
  });
});

describe("A pool that keeps failing", () => {
  const exits = [1, 2, 3, 4, 5].map((at) => anExit(at));

  it("is taken offline with its cause, and its last healthy worker drains", () => {
    const decided = plan(desire(), seen([aWorker("a")], { exits, ...waiting(9) }), 5);
    assert.deepEqual(decided.words, ["offline", "drain a scale_down"]);
    assert.deepEqual(decided.actions[0], {
      kind: "takePoolOffline",
      pool: "app",
      reason: "too many failures: app-5 exited with code 1",
      cause: anExit(5),
    });
  });

  it("is taken offline again when the first attempt to say so failed", () => {
    const { memory } = plan(desire(), seen([], { exits }), 5);
    assert.deepEqual(plan(desire(), seen(), 6, memory).words, ["offline"]);
    assert.deepEqual(plan(desire(), seen([], { offline: true }), 6, memory).words, []);
  });

  it("stays offline through a restart of the controller", () => {
    const decided = plan(desire({ startMode: "AlwaysRunning" }), seen([], { offline: true }), 7);
    assert.deepEqual(decided.words, []);
    assert.deepEqual(decided.memory?.protection, { state: "open", since: 7, attempt: 1 });
  });

  it("comes online and starts when an operator starts it", () => {
    const always = { startMode: "AlwaysRunning" } as const;
    const { memory } = plan(desire(always), seen([], { exits }), 5);
    const started = desire(always, { operatorStarts: 1 });
    const decided = plan(started, seen([], { offline: true }), 6, memory);
    assert.deepEqual(decided.words, ["online", "start g1 always_running"]);
  });

  it("comes online for an operator even if the first attempt to say so failed", () => {
    const { memory } = plan(desire(), seen([], { exits }), 5);
    const started = desire({}, { operatorStarts: 1 });
    const offline = seen([], { offline: true });
    const first = plan(started, offline, 6, memory);
    const second = plan(started, offline, 7, first.memory);
    assert.deepEqual([first.words, second.words], [["online"], ["online"]]);
  });

  it("comes online by itself after autoRecover and tries one worker", () => {
    const recovering = desire({
      processModel: { minProcesses: 3 },
      failure: { autoRecoverMs: 60_000 },
    });
    const { memory, wakeInMs } = plan(recovering, seen([], { exits }), 5);
    assert.equal(wakeInMs, 60_000);
    const tried = plan(recovering, seen([], { offline: true }), 60_005, memory);
    assert.deepEqual(tried.words, ["online", "start g1 always_running"]);
    const starting = seen([aWorker("a", { phase: "starting" })], waiting(90));
    assert.deepEqual(plan(recovering, starting, 60_010, tried.memory).words, []);
    const ready = plan(recovering, seen([aWorker("a")]), 60_020, tried.memory);
    assert.deepEqual(ready.words, ["start g1 always_running", "start g1 always_running"]);
    const again = seen([], { exits: [anExit(60_030)] });
    assert.deepEqual(plan(recovering, again, 60_030, ready.memory).words, ["offline"]);
  });
});

describe("A pool that may serve", () => {
  it("starts what a burst needs, counts what starts already, and no more", () => {
    const first = plan(desire(), seen([], waiting(25)));
    assert.deepEqual(first.words, ["start g1 demand", "start g1 demand", "start g1 demand"]);
    const starting = ["a", "b"].map((id) => aWorker(id, { phase: "starting" }));
    assert.deepEqual(plan(desire(), seen(starting, waiting(25))).words, ["start g1 demand"]);
    const leaving = aWorker("c", { phase: "draining" });
    const observed = seen([...starting, leaving], waiting(25));
    assert.deepEqual(plan(desire(), observed).words, ["start g1 demand"]);
  });

  it("starts for the queue's signal before any listener reported", () => {
    const decided = plan(desire(), seen([], { arrivedWithoutWorker: true }));
    assert.deepEqual(decided.words, ["start g1 demand"]);
  });

  it("does not start for requests that a draining worker finishes", () => {
    const worker = aWorker("a", { phase: "draining", running: 3 });
    const observed = seen([worker], { load: { waiting: 0, running: 3 } });
    assert.deepEqual(plan(desire(), observed).words, []);
  });

  it("replaces a crashed worker when demand wants it, and not otherwise", () => {
    const exits = [anExit(10)];
    assert.deepEqual(plan(desire(), seen([], { exits, ...waiting(1) }), 10).words, [
      "start g1 demand",
    ]);
    assert.deepEqual(plan(desire(), seen([], { exits }), 10).words, []);
    const always = desire({ startMode: "AlwaysRunning" });
    assert.deepEqual(plan(always, seen([], { exits }), 10).words, ["start g1 always_running"]);
  });

  it("waits longer with each failure, and looks again when the wait is over", () => {
    const exits = [anExit(10), anExit(20), anExit(30)];
    const held = plan(desire(), seen([], { exits, ...waiting(1) }), 30);
    assert.deepEqual([held.words, held.wakeInMs], [[], 500]);
    const due = plan(desire(), seen([], waiting(1)), 530, held.memory);
    assert.deepEqual(due.words, ["start g1 demand"]);
    const left = plan(desire(), seen([], waiting(0)), 530, held.memory);
    assert.deepEqual([left.words, left.wakeInMs], [[], undefined]);
  });

  it("reports a start that took too long, and lets the refusal settle before it starts again", () => {
    const starting = aWorker("a", { phase: "starting", detail: "connecting" });
    const killed = plan(desire(), seen([starting], waiting(1)), 90_000);
    assert.deepEqual(killed.words, ["kill a startup_timeout", "report StartupTimeout"]);
    assert.equal(killed.wakeInMs, 100);
    const stopping = seen([aWorker("a", { phase: "stopping" })], waiting(1));
    assert.deepEqual(plan(desire(), stopping, 90_050, killed.memory).words, []);
    assert.deepEqual(plan(desire(), stopping, 90_100, killed.memory).words, ["start g1 demand"]);
  });

  it("tells a crash during a start and tries again at once", () => {
    const exits = [anExit(10, { phase: "starting" })];
    const decided = plan(desire(), seen([], { exits, ...waiting(1) }), 10);
    assert.deepEqual(decided.words, ["report crash", "start g1 demand"]);
  });

  it("lets the last worker go when it was idle long enough, and says when that is", () => {
    const { memory, wakeInMs } = plan(desire(), seen([aWorker("a")]), 5);
    assert.equal(wakeInMs, 1_200_000);
    const decided = plan(desire(), seen([aWorker("a")]), 1_200_005, memory);
    assert.deepEqual(decided.words, ["drain a idle"]);
  });

  it("puts an idle worker to sleep where its pool says so, and resumes it before it starts another", () => {
    const suspend = desire({ processModel: { idleTimeoutAction: "Suspend" } });
    const { memory } = plan(suspend, seen([aWorker("a")]), 5);
    const slept = plan(suspend, seen([aWorker("a")]), 1_200_005, memory);
    assert.deepEqual(slept.words, ["suspend a"]);
    assert.deepEqual(slept.actions[0]?.reason, "nothing waits or runs since 1200 s");
    const asleep = aWorker("a", { phase: "suspended", phaseSince: 1_200_006 });
    const resting = plan(suspend, seen([asleep]), 1_200_006, slept.memory);
    assert.deepEqual([resting.words, resting.wakeInMs], [[], undefined]);
    const woken = plan(suspend, seen([asleep], waiting(11)), 9_000_000, resting.memory);
    assert.deepEqual(woken.words, ["resume a", "start g1 demand"]);
    const signalled = plan(
      suspend,
      seen([asleep], { arrivedWithoutWorker: true }),
      9_000_000,
      resting.memory,
    );
    assert.deepEqual(signalled.words, ["resume a"]);
  });

  it("counts who sleeps towards maxProcesses", () => {
    const processModel = { idleTimeoutAction: "Suspend", maxProcesses: 2 } as const;
    const workers = [aWorker("a", { phase: "suspended" }), aWorker("b", { running: 10 })];
    assert.deepEqual(plan(desire({ processModel }), seen(workers, waiting(50))).words, [
      "resume a",
    ]);
  });

  it("ends who sleeps when the pool recycles, stops or is removed", () => {
    const suspend = { processModel: { idleTimeoutAction: "Suspend" } } as const;
    const asleep = seen([aWorker("a", { phase: "suspended" }), aWorker("b", { phase: "resting" })]);
    assert.deepEqual(
      plan(desire(suspend, { generation: "g2" }), asleep).words,
      ["drain b recycle", "drain a recycle"].toSorted(),
    );
    for (const stopped of [desire(suspend, { enabled: false }), undefined])
      assert.deepEqual(plan(stopped, asleep).words, ["drain a manual", "drain b manual"]);
  });

  it("wakes who sleeps whatever failed before: a resume is no start", () => {
    const suspend = desire({ processModel: { idleTimeoutAction: "Suspend" } });
    const exits = [anExit(1), anExit(2), anExit(3)];
    const asleep = aWorker("a", { phase: "suspended" });
    const decided = plan(suspend, seen([asleep], { exits, ...waiting(50) }), 3);
    assert.deepEqual(decided.words, ["resume a"]);
  });

  it("replaces a worker that was thawed and does not say that it is back", () => {
    const silent = aWorker("a", { phase: "resuming", phaseSince: 100 });
    const suspend = desire({ processModel: { idleTimeoutAction: "Suspend" } });
    const observed = seen([silent], waiting(1));
    assert.deepEqual(plan(suspend, observed, 10_099).words, []);
    assert.deepEqual(plan(suspend, observed, 10_100).words, [
      "kill a ping_failure",
      "start g1 demand",
    ]);
  });

  it("rotates: first the new worker, then, when that is ready, the old one", () => {
    const desired = desire({ processModel: { maxProcesses: 1 } }, { generation: "g2" });
    const old = aWorker("old", { running: 2 });
    const begun = plan(desired, seen([old]));
    assert.deepEqual(begun.words, ["start g2 recycle"]);
    const next = aWorker("new", { generation: "g2", phase: "starting" });
    assert.deepEqual(plan(desired, seen([old, next]), 1, begun.memory).words, []);
    const done = plan(desired, seen([old, { ...next, phase: "ready" }]), 2, begun.memory);
    assert.deepEqual(done.words, ["drain old recycle"]);
  });

  it("rotates one seat over the limit at a time", () => {
    const desired = desire({ processModel: { maxProcesses: 2 } }, { generation: "g2" });
    const olds = ["a", "b"].map((id) => aWorker(id, { running: 10 }));
    assert.deepEqual(plan(desired, seen(olds)).words, ["start g2 recycle"]);
  });

  it("does not rotate when configuration changes may not", () => {
    const recycling = { disallowRotationOnConfigChange: true };
    const desired = desire({ recycling }, { generation: "g2" });
    assert.deepEqual(plan(desired, seen([aWorker("a")])).words, []);
  });

  it("rotates all the same when an operator recycles it", () => {
    const recycling = { disallowRotationOnConfigChange: true };
    const desired = desire({ recycling }, { generation: "g2.1" });
    assert.deepEqual(plan(desired, seen([aWorker("a", { running: 1 })])).words, [
      "start g2.1 recycle",
    ]);
    const recycled = aWorker("a", { running: 1, generation: "g1.1" });
    assert.deepEqual(plan(desired, seen([recycled])).words, []);
  });
});

describe("A pool at zero", () => {
  it("costs no memory, no wake and no new object", () => {
    const desired = desire();
    const observed = seen([], waiting(0));
    const decided = reconcilePool(desired, observed, undefined, 1);
    assert.deepEqual(decided, { actions: [], memory: undefined, wakeInMs: undefined });
    assert.equal(reconcilePool(desired, observed, undefined, 2), decided);
  });

  it("is forgotten once its last worker left and its failures do not count any more", () => {
    const crashed = plan(desire(), seen([], { exits: [anExit(10)] }), 10);
    assert.ok(crashed.memory);
    assert.equal(plan(desire(), seen(), 300_010, crashed.memory).memory, undefined);
  });
});
