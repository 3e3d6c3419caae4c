import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseCredential } from "./credential-choice.ts";
import type { Credential } from "./credential-registry.ts";

const credential = (
  kind: "listener" | "operations",
  name: string,
  userKey: string,
): Credential => ({
  version: 1,
  kind,
  name,
  userKey,
  signer: "A1",
  issuedAt: 1000,
});
const all: readonly Credential[] = [
  credential("listener", "edge", "U1"),
  credential("operations", "grafana", "U2"),
  credential("listener", "both", "U3"),
  credential("operations", "both", "U4"),
  { ...credential("listener", "old", "U5"), revokedAt: 2000 },
  { ...credential("listener", "edge", "U6"), revokedAt: 2000 },
];

for (const [given, expected] of [
  ["edge", "U1"],
  ["U2", "U2"],
  ["U4", "U4"],
  ["nobody", "CREDENTIAL_NOT_FOUND"],
  ["both", "CREDENTIAL_AMBIGUOUS"],
  ["old", "CREDENTIAL_REVOKED"],
  ["U6", "CREDENTIAL_REVOKED"],
] as const) {
  test(`"${given}" is ${expected}`, () => {
    if (expected.startsWith("U")) assert.equal(chooseCredential(all, given).userKey, expected);
    else assert.throws(() => chooseCredential(all, given), { code: expected });
  });
}

test("among several of a name the keys to choose from are told", () => {
  assert.throws(() => chooseCredential(all, "both"), { message: /listener U3, operations U4/ });
});
