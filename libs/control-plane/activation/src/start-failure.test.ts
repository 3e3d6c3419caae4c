// Walks the table of start-failure.ts in its order.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ReportStartFailure } from "./action.ts";
import type { ObservedWorker, WorkerExit } from "./observed-pool.ts";
import { startFailure } from "./start-failure.ts";
import { aWorker, anExit } from "./test-support/test-builders.ts";
import { enforceTimeLimits } from "./time-limits.ts";

const limits = { startupTimeLimitMs: 1_000, shutdownTimeLimitMs: 1_000 };
const late = aWorker("late", { phase: "starting", detail: "waiting for the database" });
const crashed = anExit(1_000, { phase: "starting", detail: "EADDRINUSE" });

function report(
  workers: readonly ObservedWorker[],
  exits: readonly WorkerExit[] = [],
): ReportStartFailure | undefined {
  return startFailure(workers, enforceTimeLimits(workers, limits, 1_000), exits);
}

describe("A failed start", () => {
  it("is told as StartupTimeout with the last output when nobody else serves", () => {
    assert.deepEqual(report([late, aWorker("leaving", { phase: "draining", phaseSince: 900 })]), {
      kind: "reportStartFailure",
      pool: "app",
      cause: "StartupTimeout",
      detail: "waiting for the database",
      reason: "late was not ready within 1 s and nobody else serves",
    });
  });

  it("is told as crash with the last output when nobody else serves", () => {
    assert.deepEqual(report([], [crashed]), {
      kind: "reportStartFailure",
      pool: "app",
      cause: "crash",
      detail: "EADDRINUSE",
      reason: "app-1000 exited with code 1 before it was ready and nobody else serves",
    });
  });

  it("is told once, as StartupTimeout, when both happened", () => {
    assert.equal(report([late], [crashed])?.cause, "StartupTimeout");
  });

  it("is not told while another worker starts or is ready", () => {
    assert.equal(report([late, aWorker("ready")]), undefined);
    const young = aWorker("young", { phase: "starting", phaseSince: 500, startedAt: 500 });
    assert.equal(report([late, young]), undefined);
    assert.equal(report([young], [crashed]), undefined);
  });

  it("is not told when we called it off, nor when a ready worker crashed", () => {
    assert.equal(report([], [anExit(1, { phase: "starting", askedFor: "manual" })]), undefined);
    assert.equal(report([], [anExit(1)]), undefined);
  });
});
