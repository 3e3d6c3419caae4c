import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { createAccount, createOperator, createUser, fromPublic, fromSeed } from "@nats-io/nkeys";
import { decodeBase32, encodeBase32 } from "./base32.ts";
import { kindOfKey, Nkey, verifySignature, type NkeyKind } from "./nkey.ts";

const message = Buffer.from("what is signed");

test("the vendor's library reads our keys, and their signatures are the same", () => {
  for (const kind of ["operator", "account", "user"] satisfies NkeyKind[]) {
    const key = Nkey.create(kind);
    const theirs = fromSeed(Buffer.from(key.seed()));
    assert.equal(theirs.getPublicKey(), key.publicKey);
    assert.deepEqual(Buffer.from(theirs.sign(message)), key.sign(message));
    assert(fromPublic(key.publicKey).verify(message, key.sign(message)));
    assert.equal(kindOfKey(key.publicKey), kind);
  }
});

test("we read the vendor's keys", () => {
  for (const [kind, theirs] of [
    ["operator", createOperator()],
    ["account", createAccount()],
    ["user", createUser()],
  ] as const) {
    const seed = Buffer.from(theirs.getSeed()).toString();
    const key = Nkey.fromSeed(seed);
    assert.deepEqual([key.kind, key.publicKey, key.seed()], [kind, theirs.getPublicKey(), seed]);
    assert(verifySignature(key.publicKey, message, theirs.sign(message)));
  }
});

test("a signature of another key, of another message or with another bit is none", () => {
  const key = Nkey.create("user");
  const signature = key.sign(message);
  assert(!verifySignature(Nkey.create("user").publicKey, message, signature));
  assert(!verifySignature(key.publicKey, Buffer.from("something else"), signature));
  const bent = Buffer.from(signature);
  bent[5] = (bent[5] ?? 0) ^ 1;
  assert(!verifySignature(key.publicKey, message, bent));
  assert(!verifySignature("", message, signature));
  assert(!verifySignature("UABC", message, signature));
});

test("a damaged seed, a public key and other text are refused without being repeated", () => {
  const seed = Nkey.create("user").seed();
  const damaged = seed.replace(/.$/, (last) => (last === "A" ? "B" : "A"));
  const notOurs = [damaged, Nkey.create("user").publicKey, "", "SUA", "sua", seed.slice(0, -4)];
  for (const text of notOurs) {
    assert.throws(
      () => Nkey.fromSeed(text),
      (thrown: Error & { code?: string }) =>
        thrown.code === "NKEY_INVALID" && (text === "" || !thrown.message.includes(text)),
    );
  }
});

test("a key does not show its seed by accident", () => {
  const key = Nkey.create("account");
  const shown = `${JSON.stringify(key)} ${inspect(key)}`;
  assert(!shown.includes(key.seed()));
});

test("base 32 gives back what it was given, and takes one text for each value only", () => {
  for (let length = 0; length < 40; length++) {
    const bytes = Buffer.alloc(length, length * 7 + 1);
    assert.deepEqual(decodeBase32(encodeBase32(bytes)), bytes);
  }
  assert.equal(decodeBase32("A"), undefined, "five bits are no byte");
  assert.equal(decodeBase32("AB"), undefined, "padding bits are zero");
  assert.equal(decodeBase32("a="), undefined);
});
