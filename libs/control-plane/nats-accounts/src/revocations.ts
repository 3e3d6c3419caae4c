// The list of revoked users in an account's token. An entry voids every token of a user's key that was
// issued until its time; it may go once the last of those has expired by itself.

import type { AccountClaims } from "./claims.ts";

/** User key to epoch seconds. */
export type Revocations = AccountClaims["revocations"];

/** How long any token of a user lives at most, seconds: after that its revocation says nothing new. */
export const TOKEN_LIFE_MAX_S = 7 * 24 * 3600;

/** Adds users, and leaves away whose tokens have all expired. */
export function withRevoked(
  revocations: Revocations,
  userKeys: Iterable<string>,
  nowS: number,
): Revocations {
  const kept = Object.entries(revocations).filter(
    ([key, revokedAt]) => key === "*" || revokedAt + TOKEN_LIFE_MAX_S >= nowS,
  );
  return {
    ...Object.fromEntries(kept),
    ...Object.fromEntries(Array.from(userKeys, (key) => [key, nowS])),
  };
}
