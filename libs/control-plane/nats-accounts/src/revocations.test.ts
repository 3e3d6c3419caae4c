import assert from "node:assert/strict";
import { test } from "node:test";
import { TOKEN_LIFE_MAX_S, withRevoked } from "./revocations.ts";

test("users are added, and leave the list when their tokens have all expired", () => {
  const now = 1_000_000_000;
  const first = withRevoked({}, ["U1", "U2"], now);
  assert.deepEqual(first, { U1: now, U2: now });
  assert.deepEqual(withRevoked(first, ["U3"], now + TOKEN_LIFE_MAX_S), {
    U1: now,
    U2: now,
    U3: now + TOKEN_LIFE_MAX_S,
  });
  const later = now + TOKEN_LIFE_MAX_S + 1;
  assert.deepEqual(withRevoked({ ...first, "*": 5 }, ["U3"], later), { "*": 5, U3: later });
});
