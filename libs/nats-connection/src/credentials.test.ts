import assert from "node:assert/strict";
import { test } from "node:test";
import {
  authenticateWith,
  parseCredentials,
  renderCredentials,
  userNameOf,
  withToken,
} from "./credentials.ts";
import { Nkey, verifySignature } from "./nkey.ts";

const body = Buffer.from(JSON.stringify({ name: "w1", sub: "U" })).toString("base64url");
const jwt = `e30.${body}.sig`;

test("credentials read back as they were written", () => {
  const credentials = { jwt, seed: Nkey.create("user").seed() };
  assert.deepEqual(parseCredentials(renderCredentials(credentials)), credentials);
  assert.equal(userNameOf(credentials), "w1");
});

test("what is no credentials is refused, and the message shows no secret", () => {
  const seed = Nkey.create("user").seed();
  const texts = [
    "",
    "null",
    "[]",
    seed,
    `{"seed":"${seed}"`,
    JSON.stringify({ seed }),
    JSON.stringify({ jwt: "a.b.c", seed }),
    JSON.stringify({ jwt, seed: seed.slice(1) }),
  ];
  for (const text of texts) {
    assert.throws(
      () => parseCredentials(text),
      (thrown: Error & { code?: string; cause?: unknown }) =>
        thrown.code === "CREDENTIALS_INVALID" &&
        thrown.cause === undefined &&
        !thrown.message.includes(seed.slice(1, 20)),
      text,
    );
  }
});

test("each challenge is signed with what is current", () => {
  const [first, second] = [Nkey.create("user"), Nkey.create("user")];
  let current = { jwt, seed: first.seed() };
  const authenticate = authenticateWith(() => current);
  const signedBy = (key: Nkey, nonce: string): boolean => {
    const { nkey, sig } = authenticate(nonce);
    return (
      nkey === key.publicKey &&
      verifySignature(key.publicKey, Buffer.from(nonce), Buffer.from(sig, "base64url"))
    );
  };
  assert(signedBy(first, "one"));
  assert(signedBy(first, "two"));
  current = { jwt: "later", seed: second.seed() };
  assert(signedBy(second, "three"));
  assert.equal(authenticate("four").jwt, "later");
});

const token = (claims: object): string =>
  `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.sig`;

test("a later token takes the place of the present one if it is for the same key and name", () => {
  const key = Nkey.create("user");
  const held = { jwt: token({ name: "w1", sub: key.publicKey }), seed: key.seed() };
  const later = token({ name: "w1", sub: key.publicKey, exp: 5 });
  assert.deepEqual(withToken(held, later), { jwt: later, seed: held.seed });
  const others = [
    "",
    "a.b.c",
    "null",
    "e30.bnVsbA.sig",
    token({}),
    token({ name: "w1", sub: "U" }),
  ];
  for (const text of [...others, token({ name: "w2", sub: key.publicKey })])
    assert.equal(withToken(held, text), undefined, text);
});
