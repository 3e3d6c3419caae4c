// Walks the table of time-limits.ts.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { enforceTimeLimits, resumeTimeLimitMs } from "./time-limits.ts";
import { aWorker } from "./test-support/test-builders.ts";

const limits = { startupTimeLimitMs: 1_000, shutdownTimeLimitMs: 2_000 };
const phaseSince = 500;

describe("The time limits of a worker", () => {
  const cases = [
    { phase: "starting", limitMs: 1_000, exitReason: "startup_timeout", words: "not ready" },
    {
      phase: "resuming",
      limitMs: resumeTimeLimitMs,
      exitReason: "ping_failure",
      words: "thawed and not heard of",
    },
    { phase: "draining", limitMs: 2_000, exitReason: "shutdown_timeout", words: "not gone" },
  ] as const;
  for (const { phase, limitMs, exitReason, words } of cases) {
    it(`let a ${phase} worker be until the last moment, and say which that is`, () => {
      const workers = [aWorker("w", { phase, phaseSince })];
      const verdict = enforceTimeLimits(workers, limits, phaseSince + limitMs - 1);
      assert.deepEqual(verdict, { actions: [], workers, dueAt: phaseSince + limitMs });
    });

    it(`kill a ${phase} worker with ${exitReason}`, () => {
      const now = phaseSince + limitMs;
      const worker = aWorker("w", { phase, phaseSince });
      const verdict = enforceTimeLimits([worker], limits, now);
      const reason = `${words} within ${limitMs / 1000} s`;
      assert.deepEqual(verdict.actions, [
        { kind: "killWorker", pool: "app", worker: "w", exitReason, reason },
      ]);
      assert.deepEqual(verdict.workers, [{ ...worker, phase: "stopping", phaseSince: now }]);
      assert.equal(verdict.dueAt, undefined);
    });
  }

  for (const phase of ["ready", "resting", "suspended", "stopping", "orphaned"] as const)
    it(`never touch a ${phase} worker`, () => {
      const verdict = enforceTimeLimits([aWorker("w", { phase })], limits, 1e12);
      assert.deepEqual([verdict.actions, verdict.dueAt], [[], undefined]);
    });

  describe("for silence", () => {
    const pings = {
      ...limits,
      pingingEnabled: true,
      pingIntervalMs: 10_000,
      pingResponseTimeMs: 30_000,
    };
    const heard = aWorker("w", { heardAt: 7_000 });

    it("let a ready worker be until its last word is an interval and a response time ago", () => {
      const verdict = enforceTimeLimits([heard], pings, 46_999);
      assert.deepEqual(verdict, { actions: [], workers: [heard], dueAt: 47_000 });
    });

    it("kill it with ping_failure", () => {
      const reason = "up, but did not say a word for 40 s";
      assert.deepEqual(enforceTimeLimits([heard], pings, 47_000).actions, [
        { kind: "killWorker", pool: "app", worker: "w", exitReason: "ping_failure", reason },
      ]);
    });

    describe("where a pool has its orphans left", () => {
      const orphaning = { ...pings, orphanWorkerProcess: true };
      const kinds = (workers: Parameters<typeof enforceTimeLimits>[0], now = 47_000) =>
        enforceTimeLimits(workers, orphaning, now).actions.map(
          ({ kind, worker }) => `${kind} ${worker}`,
        );

      it("orphan it, with nothing in its hands that counts", () => {
        const busy = { ...heard, running: 3 };
        const { actions, workers } = enforceTimeLimits([busy], orphaning, 47_000);
        const reason = "up, but did not say a word for 40 s";
        assert.deepEqual(actions, [{ kind: "orphanWorker", pool: "app", worker: "w", reason }]);
        const orphaned = { ...heard, phase: "orphaned", phaseSince: 47_000, running: 0 };
        assert.deepEqual(workers, [orphaned]);
      });

      it("orphan who is thawed and not heard of", () => {
        const thawed = aWorker("t", { phase: "resuming" });
        assert.deepEqual(kinds([thawed], resumeTimeLimitMs), ["orphanWorker t"]);
      });

      it("kill a second one, at once or later: one is enough", () => {
        const other = { ...heard, id: "x" };
        assert.deepEqual(kinds([heard, other]), ["orphanWorker w", "killWorker x"]);
        const orphan = aWorker("o", { phase: "orphaned" });
        assert.deepEqual(kinds([heard, orphan]), ["killWorker w"]);
      });

      it("kill who oversteps any other limit", () => {
        const starting = aWorker("s", { phase: "starting" });
        const draining = aWorker("d", { phase: "draining" });
        assert.deepEqual(kinds([starting, draining]), ["killWorker s", "killWorker d"]);
      });
    });

    it("give a worker the five seconds in which it speaks by itself, however short the interval", () => {
      const quick = { ...pings, pingIntervalMs: 100, pingResponseTimeMs: 500 };
      assert.equal(enforceTimeLimits([heard], quick, 7_000).dueAt, 12_500);
    });

    it("never touch who is not ready, who was never heard of, or anybody without pinging", () => {
      const others = (
        ["starting", "resting", "suspended", "resuming", "draining", "stopping"] as const
      ).map((phase) => aWorker(phase, { phase, phaseSince: 1e9, heardAt: 0 }));
      assert.deepEqual(enforceTimeLimits(others, pings, 1e9).actions, []);
      assert.deepEqual(enforceTimeLimits([aWorker("w")], pings, 1e9).actions, []);
      const disabled = { ...pings, pingingEnabled: false };
      assert.deepEqual(enforceTimeLimits([heard], disabled, 1e9).actions, []);
    });

    it("count from when a worker became ready, if that came after its last word", () => {
      const thawed = aWorker("w", { heardAt: 0, phaseSince: 1_000_000 });
      assert.equal(enforceTimeLimits([thawed], pings, 1_000_000).dueAt, 1_040_000);
    });
  });

  it("are due at the earliest of several", () => {
    const workers = [
      aWorker("a", { phase: "draining", phaseSince: 0 }),
      aWorker("b", { phase: "starting", phaseSince: 700 }),
    ];
    assert.equal(enforceTimeLimits(workers, limits, 800).dueAt, 1_700);
  });
});
