// Walks the table of held-workers.ts.

import assert from "node:assert/strict";
import test from "node:test";
import { noHostLimits } from "@penstock/domain";
import { workersMin } from "./desired-pool.ts";
import { hold, withFloor, type HeldWorkers } from "./held-workers.ts";
import { desiredPool, readPoolStanding, untouched } from "./pool-standing.ts";
import { aPool } from "./test-support/test-builders.ts";

const MiB = 1024 ** 2;
const pool = aPool({
  processModel: { minProcesses: 1, maxProcesses: 4 },
  limits: { memoryBytes: 100 * MiB },
});

const asked = (workers: HeldWorkers, host = noHostLimits, standing = untouched) =>
  hold({ workers }, pool, { standing, host });

test("a number within the pool's own is its floor, until it goes by its demand again", () => {
  const standing = { ...untouched, recycles: 2, heldWorkers: 3 };
  assert.deepEqual(asked(3, noHostLimits, { ...untouched, recycles: 2 }), {
    kind: "obeyed",
    standing,
  });
  const { pool: held, generation } = desiredPool(pool, "g1", { standing, operatorStarts: 0 });
  assert.deepEqual([workersMin(held), generation], [3, "g1.2"]);
  assert.deepEqual(asked("auto", noHostLimits, standing), {
    kind: "obeyed",
    standing: { ...untouched, recycles: 2 },
  });
});

test("a number may hold for a time only, which another number or auto forgets", () => {
  const timed = { ...untouched, heldWorkers: 3, heldUntil: 5000 };
  const order = { workers: 3, until: 5000 };
  const host = noHostLimits;
  const verdict = hold(order, pool, { standing: untouched, host });
  assert.deepEqual(verdict, { kind: "obeyed", standing: timed });
  assert.deepEqual(readPoolStanding(JSON.stringify(timed)), timed);
  assert.equal(readPoolStanding(JSON.stringify({ ...timed, heldUntil: "soon" })), undefined);
  const other = { kind: "obeyed", standing: { ...untouched, heldWorkers: 2 } };
  assert.deepEqual(asked(2, host, timed), other);
  assert.deepEqual(asked("auto", host, timed), { kind: "obeyed", standing: untouched });
});

for (const [workers, host, why] of [
  [0, {}, /it always has 1 workers \(minProcesses\)/],
  [5, {}, /it may have 4 workers \(maxProcesses\)/],
  [4, { maxWorkers: 3 }, /the host may have 3 workers \(host\.maxWorkers\)/],
  [4, { memoryBytes: 300 * MiB }, /may need more memory than the host gives \(host\.memory\)/],
] as const)
  test(`${workers} on a host with ${JSON.stringify(host)} is refused: ${why}`, () => {
    const verdict = asked(workers, { ...noHostLimits, ...host });
    assert(verdict.kind === "refused");
    assert.match(verdict.why, why);
    assert.notEqual(verdict.remedy, "");
  });

test("a floor stays within what another configuration allows", () => {
  const smaller = aPool({ processModel: { minProcesses: 1, maxProcesses: 2 } });
  assert.equal(workersMin(withFloor(smaller, { heldWorkers: 4 })), 2);
  assert.equal(withFloor(pool, {}), pool);
});

test("a floor that was kept is read back; what is none is not", () => {
  const kept = { ...untouched, heldWorkers: 3 };
  assert.deepEqual(readPoolStanding(JSON.stringify(kept)), kept);
  for (const heldWorkers of [-1, 1.5, "3"])
    assert.equal(readPoolStanding(JSON.stringify({ ...untouched, heldWorkers })), undefined);
});
