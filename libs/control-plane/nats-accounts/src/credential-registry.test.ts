import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { CredentialRegistry } from "./credential-registry.ts";
import { testState } from "./test-support/trust.ts";
import { loadOrCreateTrust } from "./trust.ts";
import { issueCredentials, issueWorkerCredentials } from "./user-credentials.ts";

test("what was issued is found again by another process, readable by its owner alone and without a secret", (t) => {
  const state = testState(t);
  const trust = loadOrCreateTrust(state);
  const registry = new CredentialRegistry(state);
  const issued = issueWorkerCredentials(trust, { pool: "shop", id: "shop-1", lifeS: 60 });
  registry.add({ kind: "worker", name: "shop-1", pool: "shop" }, issued);
  const { userKey, signer, issuedAt, expiresAt } = issued;
  assert.deepEqual(new CredentialRegistry(state).all(), [
    {
      version: 1,
      kind: "worker",
      name: "shop-1",
      pool: "shop",
      userKey,
      signer,
      issuedAt,
      expiresAt,
    },
  ]);
  const file = join(state, "identities", `${userKey}.json`);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.equal(statSync(join(state, "identities")).mode & 0o777, 0o700);
  const text = readFileSync(file, "utf8");
  assert(!text.includes(issued.credentials.seed) && !text.includes(issued.credentials.jwt));
});

test("a renewal and a revocation by two processes keep both", (t) => {
  const state = testState(t);
  const [one, other] = [new CredentialRegistry(state), new CredentialRegistry(state)];
  const issued = issueCredentials(loadOrCreateTrust(state), "listener", { name: "l1" });
  one.add({ kind: "listener", name: "l1" }, issued);
  other.revoke(issued.userKey, 1000);
  one.renewed(issued.userKey, { signer: "A2", expiresAt: 2000 });
  other.revoke(issued.userKey, 3000);
  const found = one.find(issued.userKey);
  assert.deepEqual(
    [found?.signer, found?.expiresAt, found?.revokedAt],
    ["A2", 2000, 1000],
    "a second revocation changes nothing",
  );
});

test("what was forgotten leaves nothing, and a late renewal does not bring it back", (t) => {
  const state = testState(t);
  const registry = new CredentialRegistry(state);
  const issued = issueCredentials(loadOrCreateTrust(state), "operations", { name: "o1" });
  registry.add({ kind: "operations", name: "o1" }, issued);
  registry.revoke(issued.userKey, 1000);
  registry.forget(issued.userKey);
  registry.renewed(issued.userKey, { signer: "A2", expiresAt: 2000 });
  assert.equal(registry.find(issued.userKey), undefined);
  assert.deepEqual(readdirSync(join(state, "identities")), []);
});
