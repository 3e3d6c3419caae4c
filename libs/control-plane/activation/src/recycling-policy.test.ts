// Walks the table of recycling-policy.ts, then whose turn it is.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ObservedWorker } from "./observed-pool.ts";
import { recyclingPolicy, type RecyclingLimits } from "./recycling-policy.ts";
import { aWorker } from "./test-support/test-builders.ts";

const none = { timeMs: 0, requests: 0, memoryBytes: 0, schedule: [] };
const MIB = 1024 ** 2;

function limits(
  changes: Partial<typeof none>,
  scheduled?: RecyclingLimits["scheduled"],
): RecyclingLimits {
  return { periodicRestart: { ...none, ...changes }, scheduled };
}

const isCurrent = ({ generation }: ObservedWorker): boolean => generation === "g1";

/** Workers of which each is older than the next. */
const many = (count: number): ObservedWorker[] =>
  Array.from({ length: count }, (_, nth) => aWorker(`w${nth}`, { startedAt: nth }));

function due(workers: readonly ObservedWorker[], given: RecyclingLimits, now: number): string[] {
  const { turn } = recyclingPolicy(workers, given, isCurrent, now);
  return turn.map(({ worker, cause }) => `${worker.id} ${cause}`);
}

function dueAt(worker: ObservedWorker, given: RecyclingLimits, now: number): number | undefined {
  return recyclingPolicy([worker], given, () => true, now).dueAt;
}

describe("A ready worker", () => {
  it("is due for nothing without limits", () => {
    const worker = aWorker("w", { taken: 1e9, memoryBytes: 1e12 });
    assert.deepEqual(due([worker], limits({}), 1e12), []);
    assert.equal(dueAt(worker, limits({}), 1e12), undefined);
  });

  it("is due for its time in the last tenth of it, and wakes the controller then", () => {
    const given = limits({ timeMs: 100_000 });
    const at = dueAt(aWorker("w"), given, 0) ?? 0;
    assert.ok(at > 90_000 && at <= 100_000);
    assert.deepEqual(due([aWorker("w")], given, at - 1), []);
    assert.deepEqual(due([aWorker("w")], given, at), ["w time"]);
  });

  it("is due at another moment than one that started with it", () => {
    const moments = Array.from({ length: 20 }, (_, nth) =>
      dueAt(aWorker(`shop-${nth}`), limits({ timeMs: 100_000 }), 0),
    );
    assert.equal(new Set(moments).size, 20);
  });

  it("is due for its requests at the last tenth of them, never beyond", () => {
    const given = limits({ requests: 10 });
    assert.deepEqual(due([aWorker("w", { taken: 8 })], given, 0), []);
    assert.deepEqual(due([aWorker("w", { taken: 10 })], given, 0), ["w requests"]);
    assert.deepEqual(due([aWorker("w", { taken: 1 })], limits({ requests: 1 }), 0), ["w requests"]);
    assert.deepEqual(due([aWorker("w")], limits({ requests: 1 }), 0), []);
  });

  it("is due for memory beyond the limit, but not in its first ten seconds", () => {
    const given = limits({ memoryBytes: 100 * MIB });
    const large = aWorker("w", { memoryBytes: 101 * MIB });
    assert.deepEqual(due([large], given, 9_999), []);
    assert.equal(dueAt(large, given, 9_999), 10_000);
    assert.deepEqual(due([large], given, 10_000), ["w memory"]);
    assert.deepEqual(due([aWorker("w", { memoryBytes: 100 * MIB })], given, 10_000), []);
    assert.deepEqual(due([aWorker("w")], given, 10_000), []);
  });

  it("is due for the schedule when it was started before its last moment", () => {
    const given = limits({}, { last: 5_000, next: 9_000 });
    assert.deepEqual(due([aWorker("w", { startedAt: 4_999 })], given, 6_000), ["w schedule"]);
    assert.deepEqual(due([aWorker("w", { startedAt: 5_000 })], given, 6_000), []);
    assert.equal(dueAt(aWorker("w", { startedAt: 5_000 }), given, 6_000), 9_000);
  });

  it("says why", () => {
    const reasons = [
      [aWorker("w"), limits({ timeMs: 1_000 }), "w is due: it ran for 60 s"],
      [aWorker("w", { taken: 7 }), limits({ requests: 7 }), "w is due: it took 7 requests"],
      [
        aWorker("w", { memoryBytes: 3 * MIB }),
        limits({ memoryBytes: MIB }),
        "w is due: it holds 3 MiB",
      ],
      [aWorker("w"), limits({}, { last: 1, next: 2 }), "w is due: a scheduled time came"],
    ] as const;
    for (const [worker, given, reason] of reasons) {
      const { turn } = recyclingPolicy([worker], given, () => true, 60_000);
      assert.equal(turn[0]?.reason, reason);
    }
  });
});

describe("Of workers that are due", () => {
  const given = limits({}, { last: 1_000, next: 9_000 });

  it("who starts, resumes or leaves is none", () => {
    const others = (["starting", "resuming", "draining", "stopping"] as const).map((phase) =>
      aWorker(phase, { phase }),
    );
    assert.deepEqual(due(others, given, 2_000), []);
  });

  it("the oldest has its turn, and up to seven workers it alone", () => {
    assert.deepEqual(due(many(7).toReversed(), given, 2_000), ["w0 schedule"]);
  });

  it("a quarter has its turn in a large pool", () => {
    assert.deepEqual(due(many(8), given, 2_000), ["w0 schedule", "w1 schedule"]);
  });

  it("none has its turn while one that was asked to go for it is not gone", () => {
    const leaving = aWorker("gone", { phase: "draining", recycled: true });
    assert.deepEqual(due([...many(3), leaving], given, 2_000), []);
    const another = aWorker("gone", { phase: "draining" });
    assert.deepEqual(due([...many(3), another], given, 2_000), ["w0 schedule"]);
  });

  it("none has its turn while another generation serves", () => {
    const old = aWorker("old", { generation: "g0" });
    assert.deepEqual(due([...many(3), old], given, 2_000), []);
  });

  it("who sleeps goes at once, and takes nobody's turn", () => {
    const asleep = [
      aWorker("resting", { phase: "resting" }),
      aWorker("suspended", { phase: "suspended" }),
      aWorker("young", { phase: "suspended", startedAt: 1_500 }),
    ];
    const workers = [...many(3), ...asleep];
    const verdict = recyclingPolicy(workers, given, isCurrent, 2_000);
    const ids = verdict.asleep.map(({ worker, cause }) => `${worker.id} ${cause}`);
    assert.deepEqual(ids, ["resting schedule", "suspended schedule"]);
    assert.deepEqual(due(workers, given, 2_000), ["w0 schedule"]);
    const old = aWorker("old", { generation: "g0" });
    assert.equal(recyclingPolicy([...workers, old], given, isCurrent, 2_000).asleep.length, 2);
  });

  it("one that will be wakes the controller then, asleep as well", () => {
    const sleeper = aWorker("w", { phase: "suspended" });
    const timed = limits({ timeMs: 100_000 });
    assert.equal(dueAt(sleeper, timed, 0), dueAt(aWorker("w"), timed, 0));
  });
});
