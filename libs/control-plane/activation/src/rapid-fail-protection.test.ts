// Walks the table of rapid-fail-protection.ts in its order.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  advanceProtection,
  isTrial,
  recentFailures,
  recoversAt,
  unharmed,
  type Protection,
  type ProtectionFacts,
} from "./rapid-fail-protection.ts";
import { aPool, anExit, type PoolChanges } from "./test-support/test-builders.ts";

const intervalMs = 300_000;

function advance(
  protection: Protection,
  now: number,
  facts: Partial<Omit<ProtectionFacts, "policy">> = {},
  failure: PoolChanges["failure"] = {},
): Protection {
  const { failure: policy } = aPool({ failure: { rapidFailProtectionMaxCrashes: 3, ...failure } });
  const none = { policy, failures: [], operatorStarted: false, someoneReady: false };
  return advanceProtection(protection, { ...none, ...facts }, now);
}

function failuresAt(...times: readonly number[]): Pick<ProtectionFacts, "failures"> {
  return { failures: times.map((at) => anExit(at)) };
}

const open: Protection = { state: "open", since: 1_000, attempt: 1, cause: anExit(1_000) };
const trial: Protection = { state: "halfOpen", attempt: 2 };
const probation: Protection = { state: "halfOpen", attempt: 2, readySince: 5_000 };

describe("Rapid-fail protection in any state", () => {
  for (const protection of [unharmed, open, trial, probation]) {
    it(`forgets everything when an operator starts the pool (${protection.state})`, () => {
      assert.equal(advance(protection, 9_000, { operatorStarted: true }), unharmed);
    });

    it(`is closed when it was switched off (${protection.state})`, () => {
      const next = advance(protection, 9_000, {}, { rapidFailProtection: false });
      assert.deepEqual(next, unharmed);
    });
  }
});

describe("Rapid-fail protection while closed", () => {
  it("remembers failures below the limit", () => {
    const next = advance(unharmed, 20, failuresAt(10, 20));
    assert.deepEqual(next, { state: "closed", failures: [10, 20] });
  });

  it("opens with the failure that reaches the limit, and keeps it as the cause", () => {
    const next = advance({ state: "closed", failures: [10, 20] }, 30, failuresAt(30));
    assert.deepEqual(next, { state: "open", since: 30, attempt: 1, cause: anExit(30) });
  });

  it("opens with several failures in one turn", () => {
    assert.equal(advance(unharmed, 10, failuresAt(10, 10, 10, 10)).state, "open");
  });

  it("does not count what is older than the interval", () => {
    const last = intervalMs + 10;
    const next = advance({ state: "closed", failures: [10, 20] }, last, failuresAt(last));
    assert.deepEqual(next, { state: "closed", failures: [20, last] });
  });

  it("forgets old failures by time alone", () => {
    const next = advance({ state: "closed", failures: [10] }, intervalMs + 10);
    assert.deepEqual(next, unharmed);
  });

  it("goes on counting for the start delay when it is switched off, in constant memory", () => {
    let next: Protection = unharmed;
    for (let at = 1; at <= 100; at++)
      next = advance(next, at, failuresAt(at), { rapidFailProtection: false });
    assert.deepEqual(next, {
      state: "closed",
      failures: [92, 93, 94, 95, 96, 97, 98, 99, 100],
    });
  });
});

describe("Rapid-fail protection while open", () => {
  it("waits for an operator when autoRecover is 0", () => {
    assert.equal(recoversAt(open, aPool().failure), undefined);
    assert.equal(advance(open, 1e12), open);
  });

  it("ignores failures of workers that still leave", () => {
    assert.equal(advance(open, 2_000, failuresAt(2_000)), open);
  });

  it("is half open after autoRecover, not before", () => {
    const autoRecover = { autoRecoverMs: 60_000 };
    assert.equal(advance(open, 60_999, {}, autoRecover), open);
    const next = advance(open, 61_000, {}, autoRecover);
    assert.deepEqual(next, { state: "halfOpen", attempt: 1 });
    assert.ok(isTrial(next));
  });

  it("doubles the wait with each attempt, up to 64 times", () => {
    const { failure } = aPool({ failure: { autoRecoverMs: 1_000 } });
    const waits = [1, 2, 3, 6, 7, 8, 500].map((attempt) =>
      recoversAt({ state: "open", since: 0, attempt }, failure),
    );
    assert.deepEqual(waits, [1_000, 2_000, 4_000, 32_000, 64_000, 64_000, 64_000]);
  });
});

describe("Rapid-fail protection while half open", () => {
  it("opens again with the first failure, one attempt further", () => {
    for (const protection of [trial, probation]) {
      const next = advance(protection, 6_000, failuresAt(6_000));
      assert.deepEqual(next, { state: "open", since: 6_000, attempt: 3, cause: anExit(6_000) });
    }
  });

  it("is on probation from the moment at which a worker became ready", () => {
    const next = advance(trial, 5_000, { someoneReady: true });
    assert.deepEqual(next, probation);
    assert.ok(!isTrial(next));
    assert.equal(advance(next, 6_000, { someoneReady: true }), next);
  });

  it("is a trial as long as none is ready, however long that takes", () => {
    assert.equal(advance(trial, 1e12), trial);
  });

  it("closes one interval after that", () => {
    assert.equal(advance(probation, 5_000 + intervalMs - 1), probation);
    assert.equal(advance(probation, 5_000 + intervalMs), unharmed);
  });
});

describe("Recent failures", () => {
  const { failure } = aPool({ failure: { rapidFailProtectionMaxCrashes: 3 } });
  const closed: Protection = { state: "closed", failures: [10, 20] };
  for (const [protection, now, count, title] of [
    [unharmed, 0, 0, "none of a pool that never failed"],
    [closed, 30, 2, "those of the interval"],
    [closed, 15 + intervalMs, 1, "no longer those before it"],
    [open, 2_000, 3, "as many as took the pool offline, while it is"],
    [trial, 2_000, 0, "none while it is tried again"],
  ] as const)
    it(title, () => assert.equal(recentFailures(protection, failure, now), count));
});
