// When a worker's token is renewed. Pure. At half its life at the latest, so that a controller may be away for
// the other half; a tenth of the life earlier for some, so that the workers of one start are not all renewed
// in one moment; at once when its key signs no more. A worker that sleeps is not renewed but ended in time.

import { createHash } from "node:crypto";
import type { PoolConnection } from "@penstock/nats-accounts";

/** The part of a token's life at which the last ones are renewed, and how much earlier the first ones. */
const LATEST = 0.5;
const SPREAD = 0.1;

/** True when the connection's token is to be replaced by one of `signer`. */
export function isDue(
  { userKey, signer, issuedAt, expiresAt }: PoolConnection,
  now: { readonly nowS: number; readonly signer: string },
): boolean {
  if (signer !== now.signer) return true;
  if (expiresAt === undefined) return false;
  const part = LATEST - SPREAD * fractionOf(userKey);
  return now.nowS >= issuedAt + part * (expiresAt - issuedAt);
}

/**
 * The part of a token's life that has to be left to a worker that sleeps. It fell asleep with half a life at
 * least, unless renewal had just failed.
 */
const LEFT_ASLEEP = 0.1;

/** True when a worker that sleeps with this token has to end before the token does. */
export function isStale(
  {
    signer,
    expiresAt,
    lifeS,
  }: Pick<PoolConnection, "signer" | "expiresAt"> & { readonly lifeS: number },
  now: { readonly nowS: number; readonly signer: string },
): boolean {
  if (signer !== now.signer) return true;
  return expiresAt !== undefined && now.nowS >= expiresAt - LEFT_ASLEEP * lifeS;
}

/** A number from 0 to 1 that a key always has. */
function fractionOf(userKey: string): number {
  return createHash("sha256").update(userKey).digest().readUInt16BE(0) / 0xff_ff;
}
