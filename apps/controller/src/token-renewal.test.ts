import assert from "node:assert/strict";
import test from "node:test";
import { isDue, isStale } from "./token-renewal.ts";

const LIFE_S = 1000;
const connection = (userKey: string) => ({
  userKey,
  signer: "A1",
  issuedAt: 5000,
  expiresAt: 5000 + LIFE_S,
});
const keys = Array.from({ length: 200 }, (_, index) => `U${index}`);
const dueAt = (nowS: number): number =>
  keys.filter((key) => isDue(connection(key), { nowS, signer: "A1" })).length;

test("a token is renewed at half its life at the latest, and not before four tenths of it", () => {
  assert.equal(dueAt(5000), 0);
  assert.equal(dueAt(5399), 0);
  assert.equal(dueAt(5500), keys.length);
});

test("the workers of one start are spread over the tenth before", () => {
  const middle = dueAt(5450);
  assert(middle > 70 && middle < 130, `${middle} of ${keys.length} in the middle`);
});

test("a token of a key that signs no more is renewed at once, whatever its age", () => {
  assert(isDue(connection("U1"), { nowS: 5000, signer: "A2" }));
});

test("a token without an end needs nothing", () => {
  const { expiresAt: _, ...endless } = connection("U1");
  assert.equal(isDue(endless, { nowS: 9_999_999_999, signer: "A1" }), false);
});

test("a worker that sleeps goes when a tenth of its token's life is left, or its key signs no more", () => {
  const token = { signer: "S", expiresAt: 1000, lifeS: 500 };
  assert.equal(isStale(token, { nowS: 949, signer: "S" }), false);
  assert.equal(isStale(token, { nowS: 950, signer: "S" }), true);
  assert.equal(isStale(token, { nowS: 0, signer: "next" }), true);
  assert.equal(isStale({ signer: "S", lifeS: 500 }, { nowS: 1e9, signer: "S" }), false);
});
