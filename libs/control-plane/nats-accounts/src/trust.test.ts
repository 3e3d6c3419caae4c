import assert from "node:assert/strict";
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { testState } from "./test-support/trust.ts";
import { SHARED_ACCOUNTS } from "./topology.ts";
import { exportTrust, loadOrCreateTrust, type Trust } from "./trust.ts";

const idsOf = (trust: Trust): string[] => [
  trust.operator.publicKey,
  trust.operatorSigner.publicKey,
  ...SHARED_ACCOUNTS.map(trust.id),
  trust.signer("listener").publicKey,
];

test("keys are made once and found again, a pool's when it is first seen", (t) => {
  const state = testState(t);
  const first = loadOrCreateTrust(state);
  const pool = first.pools.of("shop.v2");
  const second = loadOrCreateTrust(state);
  assert.deepEqual(idsOf(second), idsOf(first));
  assert.equal(new Set(idsOf(first)).size, idsOf(first).length);
  assert.deepEqual(second.pools.names(), ["shop.v2"]);
  assert.equal(second.pools.of("shop.v2").id, pool.id);
  assert.equal(second.pools.of("shop.v2").signer.publicKey, pool.signer.publicKey);
  assert.equal(second.pools.find("other"), undefined);
});

test("nobody else can read them, not even after somebody opened the folder", (t) => {
  const state = testState(t);
  loadOrCreateTrust(state).pools.of("shop");
  chmodSync(join(state, "keys"), 0o755);
  chmodSync(join(state, "keys/trust.json"), 0o644);
  loadOrCreateTrust(state);
  const modes = ["keys", "keys/pools", "keys/trust.json", "keys/pools/shop.json"].map(
    (path) => statSync(join(state, path)).mode & 0o777,
  );
  assert.deepEqual(modes, [0o700, 0o700, 0o600, 0o600]);
  assert.deepEqual(readdirSync(join(state, "keys")).sort(), ["pools", "trust.json"], "no drafts");
});

test("whatever a pool is called, its keys stay in their folder", (t) => {
  const state = testState(t);
  const trust = loadOrCreateTrust(state);
  for (const name of ["../evil", "a/b", "...", ".hidden", "*", ">", "a b"]) trust.pools.of(name);
  assert.deepEqual(readdirSync(state), ["keys"]);
  assert.equal(readdirSync(join(state, "keys/pools")).length, 7);
  assert.deepEqual(loadOrCreateTrust(state).pools.names().length, 7);
});

test("a pool that was forgotten comes back with other keys", (t) => {
  const { pools } = loadOrCreateTrust(testState(t));
  const { id } = pools.of("shop");
  pools.forget("shop");
  assert.equal(pools.find("shop"), undefined);
  assert.notEqual(pools.of("shop").id, id);
});

test("a new signing key keeps the former one until that is retired", (t) => {
  const state = testState(t);
  const { pools } = loadOrCreateTrust(state);
  const old = pools.of("shop");
  const rotated = pools.rotate("shop");
  assert.equal(rotated.id, old.id);
  assert.notEqual(rotated.signer.publicKey, old.signer.publicKey);
  assert.deepEqual(rotated.former, [old.signer.publicKey]);
  assert.deepEqual(loadOrCreateTrust(state).pools.of("shop").former, rotated.former);
  assert.deepEqual(pools.retire("shop").former, []);
});

test("another controller is given the shared keys by file or by environment", (t) => {
  const state = testState(t);
  const trust = loadOrCreateTrust(state);
  const text = exportTrust(state);
  const file = join(state, "given.json");
  writeFileSync(file, text);
  for (const environment of [{ PENSTOCK_TRUST: text }, { PENSTOCK_TRUST_FILE: file }]) {
    const other = testState(t);
    assert.deepEqual(idsOf(loadOrCreateTrust(other, environment)), idsOf(trust));
    assert.deepEqual(readdirSync(join(other, "keys")), ["pools"], "nothing shared is written");
  }
});

test("an identity that a newer version brought gets a key, the others keep theirs", (t) => {
  const state = testState(t);
  const before = loadOrCreateTrust(state);
  const file = join(state, "keys/trust.json");
  const document = JSON.parse(readFileSync(file, "utf8")) as { seeds: Record<string, string> };
  delete document.seeds["signer.listener"];
  writeFileSync(file, JSON.stringify(document));
  const grown = loadOrCreateTrust(state);
  assert.deepEqual(idsOf(grown).slice(0, -1), idsOf(before).slice(0, -1));
  assert.equal(grown.createdAt, before.createdAt);
  assert.deepEqual(idsOf(loadOrCreateTrust(state)), idsOf(grown));
});

test("damaged keys are refused and not shown", (t) => {
  const state = testState(t);
  loadOrCreateTrust(state);
  const file = join(state, "keys/trust.json");
  const text = readFileSync(file, "utf8");
  const seed = /"operator": "(\w+)"/.exec(text)?.[1] ?? "";
  const damaged = [
    text.slice(0, -20),
    "null",
    "{}",
    text.replace(seed, seed.slice(0, -1)),
    text.replace(seed, /"QUEUES": "(\w+)"/.exec(text)?.[1] ?? ""),
  ];
  for (const content of damaged) {
    writeFileSync(file, content);
    assert.throws(
      () => loadOrCreateTrust(state),
      (thrown: Error & { code?: string }) =>
        ["TRUST_INVALID", "KEYS_UNREADABLE", "NKEY_INVALID"].includes(thrown.code ?? "") &&
        !thrown.message.includes(seed.slice(0, 20)),
    );
  }
});

test("a rotation replaces the signing keys and no other, and is found again", (t) => {
  const state = testState(t);
  const trust = loadOrCreateTrust(state);
  const before = { signer: trust.signer("listener").publicKey, next: trust.operatorNext.publicKey };
  const [ids, queues] = [SHARED_ACCOUNTS.map(trust.id), trust.signer("controller").publicKey];
  trust.rotate();
  for (const each of [trust, loadOrCreateTrust(state)]) {
    assert.equal(
      each.operatorSigner.publicKey,
      before.next,
      "the one that the broker knows already",
    );
    assert.notEqual(each.operatorNext.publicKey, before.next);
    assert.notEqual(each.signer("listener").publicKey, before.signer);
    assert.deepEqual(each.former("listener"), [before.signer]);
    assert.deepEqual(
      [SHARED_ACCOUNTS.map(each.id), each.signer("controller").publicKey],
      [ids, queues],
    );
  }
  trust.retire("listener");
  assert.deepEqual(loadOrCreateTrust(state).former("listener"), []);
  assert.equal(loadOrCreateTrust(state).former("operations").length, 1);
});
