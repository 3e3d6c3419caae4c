// Walks the tables of sleep-policy.ts.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { inResumeOrder, letGo, sleepPolicy } from "./sleep-policy.ts";
import { aPool, aWorker } from "./test-support/test-builders.ts";

const ids = (workers: readonly { readonly id: string }[]): string =>
  workers.map(({ id }) => id).join(" ");

const asleep = [
  aWorker("long", { phase: "suspended", phaseSince: 10 }),
  aWorker("short", { phase: "suspended", phaseSince: 20 }),
  aWorker("resting", { phase: "resting", phaseSince: 30 }),
  aWorker("busy", { phase: "resting", phaseSince: 5, running: 1 }),
];
const suspending = aPool({ processModel: { idleTimeoutAction: "Suspend", maxProcesses: 4 } });
const terminating = aPool({ processModel: { idleTimeoutAction: "Terminate", maxProcesses: 4 } });

describe("Who sleeps", () => {
  it("is resumed: first who is not frozen yet, then who fell asleep last", () => {
    assert.equal(ids(inResumeOrder(asleep)), "busy resting short long");
    assert.equal(ids(inResumeOrder(asleep.toReversed())), "busy resting short long");
  });

  it("is resumed as far as somebody is missing, and else left asleep", () => {
    const verdict = sleepPolicy(suspending, asleep, { missing: 3, serving: 0 });
    assert.deepEqual([ids(verdict.resumed), ids(verdict.drained)], ["busy resting short", ""]);
    assert.equal(ids(sleepPolicy(suspending, asleep, { missing: 9, serving: 0 }).drained), "");
  });

  it("goes when more live than maxProcesses, who slept longest first", () => {
    const verdict = sleepPolicy(suspending, asleep, { missing: 1, serving: 2 });
    assert.deepEqual(
      [ids(verdict.resumed), ids(verdict.drained), verdict.drainedFor],
      ["busy", "short long", "scale_down"],
    );
  });

  it("goes when the pool does not suspend any more, but for who is needed", () => {
    const verdict = sleepPolicy(terminating, asleep, { missing: 1, serving: 0 });
    assert.deepEqual(
      [ids(verdict.resumed), ids(verdict.drained), verdict.drainedFor],
      ["busy", "resting short long", "idle"],
    );
  });
});

describe("A worker that its pool does not keep", () => {
  const idle = { exitReason: "idle", reason: "nothing waits" } as const;
  const cases = [
    ["is put to sleep when it is idle", suspending, {}, idle, "suspendWorker"],
    ["goes when idle workers end", terminating, {}, idle, "drainWorker"],
    ["goes when it is not ready yet", suspending, { phase: "starting" }, idle, "drainWorker"],
    ["goes when it has something in hand", suspending, { running: 1 }, idle, "drainWorker"],
    [
      "goes when it is one too many",
      suspending,
      {},
      { exitReason: "scale_down", reason: "" },
      "drainWorker",
    ],
  ] as const;
  for (const [title, pool, changes, why, kind] of cases)
    it(title, () => assert.equal(letGo(pool, aWorker("w", changes), why).kind, kind));
});
