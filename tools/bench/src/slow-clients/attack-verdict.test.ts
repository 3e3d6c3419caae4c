import assert from "node:assert/strict";
import { test } from "node:test";
import { attackTables } from "../report/attack-tables.ts";
import { attackFailed } from "./attack-verdict.ts";
import type { AttackSample } from "./slow-clients.ts";

const load = { requests: 10, seconds: 1, p50Ms: 1, p99Ms: 2, maxMs: 3, non2xx: 0, broken: 0 };
const cut = {
  "slow header": 4,
  "slow body": 4,
  "stalled body": 4,
  "slow reader": 0,
  "never reads": 0,
};
const sample: AttackSample = {
  attackers: 5,
  behaved: [{ phase: "during", pool: "other", load }],
  cutOff: cut,
  reasons: { Timer_HeaderWait: 4, Timer_EntityBody: 8, Timer_MinBytesPerSecond: 2 },
  memory: { before: {}, during: {}, after: {} },
};

const failed = (changes: Partial<AttackSample>): boolean => {
  const changed = { ...sample, ...changes };
  assert.equal(/FAILED/.test(attackTables(changed)), attackFailed(changed), "the report says it");
  return attackFailed(changed);
};

test("nothing is wrong when all are answered and all attackers are cut off", () =>
  assert.equal(failed({}), false));

for (const wrong of ["non2xx", "broken"] as const)
  test(`an answer that is ${wrong} fails the run`, () =>
    assert.equal(
      failed({ behaved: [{ phase: "before", pool: "attacked", load: { ...load, [wrong]: 1 } }] }),
      true,
    ));

test("attackers that are never cut off fail the run", () =>
  assert.equal(failed({ cutOff: { ...cut, "slow body": 0 } }), true));

test("so do readers of whom the listener cut off none", () =>
  assert.equal(failed({ reasons: { Timer_HeaderWait: 4, Timer_EntityBody: 8 } }), true));
