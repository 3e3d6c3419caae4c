// The table above canary-ruling.ts, row by row, and for how long a ruling holds.

import assert from "node:assert/strict";
import test from "node:test";
import type { ApplicationPool, ApplicationSource } from "@penstock/domain";
import {
  noticeOf,
  poolUnder,
  rule,
  rulingFor,
  type CanaryRuling,
  type VersionCommand,
} from "./canary-ruling.ts";
import { readPoolStanding, ruled, untouched } from "./pool-standing.ts";
import { aPool } from "./test-support/test-builders.ts";

const second: ApplicationSource = { kind: "module", module: "/srv/v2.ts" };
const plain = aPool();
const pool: ApplicationPool = { ...plain, canary: { application: second, weight: 20 } };

const ruling = (verdict: CanaryRuling["verdict"]): CanaryRuling => ({
  verdict,
  versions: "v1 v2",
  weight: 20,
});

const rows: readonly (readonly [
  command: VersionCommand,
  before: CanaryRuling["verdict"] | undefined,
  comes: CanaryRuling["verdict"] | RegExp,
])[] = [
  ["promote", undefined, "promoting"],
  ["promote", "promoting", /promoted already/],
  ["promote", "promoted", /promoted already/],
  ["promote", "rolledBack", /was rolled back/],
  ["rollback", undefined, "rolledBack"],
  ["rollback", "promoting", "rolledBack"],
  ["rollback", "promoted", "rolledBack"],
  ["rollback", "rolledBack", /was rolled back/],
];

for (const [command, before, comes] of rows)
  test(`${command} after ${before ?? "nothing"}: ${String(comes)}`, () => {
    const standing = { versions: "v1 v2", ruling: before && ruling(before) };
    const outcome = rule(command, pool, standing);
    if (typeof comes === "string")
      assert.deepEqual(outcome, { kind: "obeyed", ruling: ruling(comes) });
    else {
      assert(outcome.kind === "refused");
      assert.match(outcome.why, comes);
      assert.notEqual(outcome.remedy, "");
    }
  });

test("a pool without a canary is told where one is named", () => {
  for (const command of ["promote", "rollback"] as const) {
    const outcome = rule(command, plain, { versions: "v1", ruling: undefined });
    assert(outcome.kind === "refused");
    assert.equal(outcome.why, "it has no canary");
    assert.match(outcome.remedy, /applicationPools\.\w+\.canary/);
  }
});

test("what is in force under each ruling", () => {
  assert.equal(poolUnder(pool, undefined), pool);
  assert.deepEqual(poolUnder(pool, ruling("promoting")), { ...pool, application: second });
  assert.deepEqual(poolUnder(pool, ruling("promoted")), { ...plain, application: second });
  assert.deepEqual(poolUnder(pool, ruling("rolledBack")), plain);
});

test("a ruling holds while the file names the same versions; a rolled back one ends with another weight", () => {
  const heavier = { ...pool, canary: { application: second, weight: 50 } };
  for (const verdict of ["promoting", "promoted", "rolledBack"] as const) {
    const one = ruling(verdict);
    assert.equal(rulingFor(pool, "v1 v2", one), one);
    assert.equal(rulingFor(pool, "v1 v3", one), undefined);
    assert.equal(rulingFor(plain, "v1 v2", one), undefined);
    assert.equal(rulingFor(heavier, "v1 v2", one), verdict === "rolledBack" ? undefined : one);
  }
  assert.equal(rulingFor(pool, "v1 v2", undefined), undefined);
});

test("each ruling says what the file should say", () => {
  assert.match(noticeOf("shop", ruling("promoting")), /^pool shop: .*remove canary$/);
  assert.match(noticeOf("shop", ruling("rolledBack")), /another weight to try again$/);
});

test("a ruling is part of the standing and is read back; what is none makes no standing", () => {
  const standing = ruled(untouched, ruling("promoted"));
  assert.deepEqual(readPoolStanding(JSON.stringify(standing)), standing);
  assert.deepEqual(ruled(standing, undefined), untouched);
  for (const canary of [7, null, {}, { ...ruling("promoted"), verdict: "maybe" }])
    assert.equal(readPoolStanding(JSON.stringify({ ...untouched, canary })), undefined);
});
