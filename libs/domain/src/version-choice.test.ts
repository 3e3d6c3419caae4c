import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import {
  drawnPlace,
  drawnTicket,
  namedVersion,
  placeOf,
  placeOfTicket,
  seedOf,
  versionAt,
} from "./version-choice.ts";

const weights = fc.integer({ min: 0, max: 100 });
const chances = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

/** How many percent of these places are the canary's. */
const share = (places: readonly number[], weight: number): number =>
  (places.filter((place) => versionAt(place, weight) === "canary").length * 100) / places.length;

test("nobody is drawn for a canary of weight 0, everybody for one of 100", () => {
  fc.assert(
    fc.property(chances, fc.string(), (chance, text) => {
      for (const place of [drawnPlace(chance), placeOf(text, seedOf("shop"))]) {
        assert.equal(versionAt(place, 0), "stable");
        assert.equal(versionAt(place, 100), "canary");
      }
    }),
  );
});

test("who is with the canary stays there while its weight rises, and nobody else is moved by that", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), weights, weights, (text, pool, one, other) => {
      const place = placeOf(text, seedOf(pool));
      const [low, high] = [Math.min(one, other), Math.max(one, other)];
      if (versionAt(place, low) === "canary") assert.equal(versionAt(place, high), "canary");
      assert.equal(placeOf(text, seedOf(pool)), place);
    }),
  );
});

const populations: readonly (readonly [who: string, text: (n: number) => string])[] = [
  ["numbers in a row", String],
  ["names with a number", (n) => `user-${n}@example.com`],
  ["short hexadecimal names", (n) => (n * 7919).toString(16)],
];

for (const [who, text] of populations)
  test(`the share of ${who} is the weight, within one percent`, () => {
    for (const pool of ["shop", "blog", "a"]) {
      const places = Array.from({ length: 20_000 }, (_, n) => placeOf(text(n), seedOf(pool)));
      for (let weight = 0; weight <= 100; weight += 5) {
        const found = share(places, weight);
        assert(Math.abs(found - weight) < 1, `${pool}: ${found} % of ${who} at ${weight}`);
      }
    }
  });

/** Of 10,000 users, who is among the first tenth. */
const first = (pool: string) =>
  Array.from({ length: 10_000 }, (_, n) => placeOf(`user-${n}`, seedOf(pool)) < 10);

test("those who are first in one pool are not those who are first in another", () => {
  const [shop, blog] = [first("shop"), first("blog")];
  const both = shop.filter((is, n) => is && blog[n]).length;
  assert(both > 50 && both < 200, `${both} of about 1,000 are first in both`);
});

test("every ticket has its place, each weight its share of them exactly, and nothing else is a ticket", () => {
  fc.assert(
    fc.property(chances, (chance) => {
      const ticket = drawnTicket(chance);
      const place = placeOfTicket(String(ticket));
      assert(place !== undefined && place >= 0 && place < 100);
    }),
  );
  const places = Array.from({ length: 10_000 }, (_, n) => placeOfTicket(String(n)) ?? 100);
  for (let weight = 0; weight <= 100; weight++) assert.equal(share(places, weight), weight);
  for (const text of ["", "10000", "-1", "1.5", "1e3", "canary", " 1", "٣"])
    assert.equal(placeOfTicket(text), undefined);
});

test("a version is named by its word and by nothing else", () => {
  assert.equal(namedVersion("canary"), "canary");
  assert.equal(namedVersion("stable"), "stable");
  for (const text of ["", "Canary", "canary ", "4711"]) assert.equal(namedVersion(text), undefined);
});
