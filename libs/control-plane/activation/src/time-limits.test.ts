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

  for (const phase of ["ready", "resting", "suspended", "stopping"] as const)
    it(`never touch a ${phase} worker`, () => {
      const verdict = enforceTimeLimits([aWorker("w", { phase })], limits, 1e12);
      assert.deepEqual([verdict.actions, verdict.dueAt], [[], undefined]);
    });

  it("are due at the earliest of several", () => {
    const workers = [
      aWorker("a", { phase: "draining", phaseSince: 0 }),
      aWorker("b", { phase: "starting", phaseSince: 700 }),
    ];
    assert.equal(enforceTimeLimits(workers, limits, 800).dueAt, 1_700);
  });
});
