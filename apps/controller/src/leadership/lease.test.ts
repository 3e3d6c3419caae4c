// Walks the table of lease.ts.

import assert from "node:assert/strict";
import { test } from "node:test";
import { considerLease, LEASE_MS, readHolder, type LeaseHolder } from "./lease.ts";

const holder: LeaseHolder = {
  id: "a",
  host: "one",
  pid: 7,
  startTime: "1",
  admin: "127.0.0.1:9180",
};
const lives = (): boolean => false;

test("a lease that nobody holds is taken", () => {
  assert.equal(considerLease({ revision: 0, holder: undefined }, undefined, lives, 0).takes, true);
});

test("one whose holder is known to be gone is taken", () => {
  assert.equal(considerLease({ revision: 3, holder }, undefined, () => true, 0).takes, true);
});

test("one that does not move is taken when that has lasted, counted from the first look", () => {
  const first = considerLease({ revision: 3, holder }, undefined, lives, 1000);
  assert.equal(first.takes, false);
  const later = considerLease({ revision: 3, holder }, first.memory, lives, 1000 + LEASE_MS - 1);
  assert.equal(later.takes, false);
  assert.equal(
    considerLease({ revision: 3, holder }, later.memory, lives, 1000 + LEASE_MS).takes,
    true,
  );
});

test("one that moves is waited for, however long", () => {
  const first = considerLease({ revision: 3, holder }, undefined, lives, 0);
  const moved = considerLease({ revision: 4, holder }, first.memory, lives, LEASE_MS);
  assert.equal(moved.takes, false);
  assert.deepEqual(moved.memory, { revision: 4, since: LEASE_MS });
});

test("what is no holder counts as none", () => {
  assert.deepEqual(readHolder(JSON.stringify(holder)), holder);
  for (const text of [undefined, "", "null", "{}", '{"id":"a"}', "7"])
    assert.equal(readHolder(text), undefined);
});
