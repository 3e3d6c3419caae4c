// The list of revoked users in an account's token. An entry voids every token of a user's key that was
// issued until its time; it may go once the last of those has expired by itself.

import type { AccountClaims } from "./claims.ts";

/** User key to epoch seconds. */
export type Revocations = AccountClaims["revocations"];

/** How long any token of a user lives at most, seconds: after that its revocation says nothing new. */
export const TOKEN_LIFE_MAX_S = 7 * 24 * 3600;

/**
 * Adds users, and leaves away whose tokens have all expired. Who is revoked already stays so as he is.
 * `lifeMaxS` is how long a token of this account may live: without end for those that people keep in files.
 */
export function withRevoked(
  revocations: Revocations,
  userKeys: Iterable<string>,
  { nowS, lifeMaxS }: { readonly nowS: number; readonly lifeMaxS: number },
): Revocations {
  const kept = Object.entries(revocations).filter(
    ([key, revokedAt]) => key === "*" || revokedAt + lifeMaxS >= nowS,
  );
  return {
    ...Object.fromEntries(Array.from(userKeys, (key) => [key, nowS])),
    ...Object.fromEntries(kept),
  };
}
