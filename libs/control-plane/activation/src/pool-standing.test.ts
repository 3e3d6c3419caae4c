import assert from "node:assert/strict";
import test from "node:test";
import {
  desiredPool,
  isEnabled,
  obey,
  online,
  readPoolStanding,
  standingFor,
  taken,
  untouched,
  type OfflineVerdict,
  type PoolStanding,
} from "./pool-standing.ts";
import { aPool } from "./test-support/test-builders.ts";

const pool = aPool();
const offline: OfflineVerdict = {
  since: 1000,
  generation: "g1",
  told: "Its workers end unexpectedly.",
  reason: "too many failures",
  detail: "Error: no",
};
const stopped: PoolStanding = { ...untouched, operator: "stopped" };

function obeyed(...[command, standing]: [Parameters<typeof obey>[0], PoolStanding]): PoolStanding {
  const verdict = obey(command, pool, standing);
  assert.equal(verdict.kind, "obeyed");
  return (verdict as { standing: PoolStanding }).standing;
}

test("without an operator autoStart decides, with one the operator", () => {
  assert.equal(isEnabled(pool, untouched), true);
  assert.equal(isEnabled({ ...pool, autoStart: false }, untouched), false);
  assert.equal(isEnabled({ ...pool, autoStart: false }, obeyed("start", untouched)), true);
  assert.equal(isEnabled(pool, stopped), false);
});

test("a start lifts a stop and the verdict of rapid-fail protection, and keeps the recyclings", () => {
  const standing = obeyed("start", { ...stopped, recycles: 3, offline });
  assert.deepEqual(standing, { version: 1, recycles: 3, operator: "started" });
});

test("a stop keeps the verdict, which the next start lifts", () => {
  assert.deepEqual(obeyed("stop", taken(untouched, offline)), { ...stopped, offline });
});

test("commands may be repeated", () => {
  assert.deepEqual(obeyed("stop", stopped), stopped);
  const started = obeyed("start", untouched);
  assert.deepEqual(obeyed("start", started), started);
});

test("a recycling makes another generation, each time", () => {
  const once = obeyed("recycle", untouched);
  const generations = [untouched, once, obeyed("recycle", once)].map(
    (standing) => desiredPool(pool, "g1", { standing, operatorStarts: 0 }).generation,
  );
  assert.deepEqual(generations, ["g1", "g1.1", "g1.2"]);
});

for (const [what, standing] of [
  ["stopped", stopped],
  ["offline", taken(untouched, offline)],
] as const) {
  test(`a pool that is ${what} is not recycled, and the refusal says what to do`, () => {
    assert.deepEqual(obey("recycle", pool, standing), {
      kind: "refused",
      why: `it is ${what}`,
      remedy: "penstock pool start app",
    });
  });
}

test("a verdict holds for the configuration that failed and for no other", () => {
  const standing = taken(stopped, offline);
  assert.equal(standingFor("g1", standing), standing);
  assert.deepEqual(standingFor("g2", standing), stopped);
  assert.equal(standingFor("g2", stopped), stopped);
  assert.deepEqual(online(standing), stopped);
});

test("a standing that was kept is read back; what is none is not", () => {
  for (const standing of [untouched, stopped, taken(stopped, offline)])
    assert.deepEqual(readPoolStanding(JSON.stringify(standing)), standing);
  for (const text of [
    "",
    "{",
    "null",
    "7",
    "{}",
    '{"version":2,"recycles":0}',
    '{"version":1}',
    '{"version":1,"recycles":-1}',
    '{"version":1,"recycles":0,"operator":"away"}',
    '{"version":1,"recycles":0,"offline":true}',
    '{"version":1,"recycles":0,"offline":{"since":"now","generation":"","told":"","reason":"","detail":""}}',
  ])
    assert.equal(readPoolStanding(text), undefined, text);
});
