import assert from "node:assert/strict";
import { test } from "node:test";
import { TOKEN_LIFE_MAX_S, withRevoked } from "./revocations.ts";

const NOW = 1_000_000_000;
const DAY_S = 24 * 3600;

const revoked = (before: Record<string, number>, keys: string[], nowS: number) =>
  withRevoked(before, keys, { nowS, lifeMaxS: TOKEN_LIFE_MAX_S });

test("users are added, and leave the list when their tokens have all expired", () => {
  const first = revoked({}, ["U1", "U2"], NOW);
  assert.deepEqual(first, { U1: NOW, U2: NOW });
  assert.deepEqual(revoked(first, ["U3"], NOW + TOKEN_LIFE_MAX_S), {
    U1: NOW,
    U2: NOW,
    U3: NOW + TOKEN_LIFE_MAX_S,
  });
  const later = NOW + TOKEN_LIFE_MAX_S + 1;
  assert.deepEqual(revoked({ ...first, "*": 5 }, ["U3"], later), { "*": 5, U3: later });
});

test("who has a token without an end stays on the list for good, and is not dated anew", () => {
  const lifeMaxS = Infinity;
  const first = withRevoked({}, ["U1"], { nowS: NOW, lifeMaxS });
  const nowS = NOW + 1000 * DAY_S;
  assert.deepEqual(withRevoked(first, ["U1", "U2"], { nowS, lifeMaxS }), { U1: NOW, U2: nowS });
});
