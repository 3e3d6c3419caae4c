// Which credentials somebody means who names them by a name or by their public key.

import { ServiceError } from "@penstock/foundation";
import type { Credential } from "./credential-registry.ts";

/**
 * The one that is meant. Among several of a name, one that is not revoked. Throws ServiceError
 * CREDENTIAL_NOT_FOUND, CREDENTIAL_AMBIGUOUS or CREDENTIAL_REVOKED.
 */
export function chooseCredential(all: readonly Credential[], given: string): Credential {
  const named = all.filter(({ name, userKey }) => name === given || userKey === given);
  if (named.length === 0)
    throw new ServiceError(`no credentials are called "${given}"`, {
      code: "CREDENTIAL_NOT_FOUND",
      remedy: "Give a name or a key as `penstock creds ls` shows it.",
    });
  const living = named.filter(({ revokedAt }) => revokedAt === undefined);
  const [first, second] = living;
  if (!first)
    throw new ServiceError(`the credentials "${given}" are revoked already`, {
      code: "CREDENTIAL_REVOKED",
    });
  if (second) {
    const keys = living.map(({ kind, userKey }) => `${kind} ${userKey}`).join(", ");
    throw new ServiceError(`several credentials are called "${given}": ${keys}`, {
      code: "CREDENTIAL_AMBIGUOUS",
      remedy: "Give the key of the one that is meant.",
    });
  }
  return first;
}
