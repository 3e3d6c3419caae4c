// When a worker's token is renewed. Pure. At half its life at the latest, so that a controller may be away for
// the other half; a tenth of the life earlier for some, so that the workers of one start are not all renewed
// in one moment; at once when its key signs no more.

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

/** A number from 0 to 1 that a key always has. */
function fractionOf(userKey: string): number {
  return createHash("sha256").update(userKey).digest().readUInt16BE(0) / 0xff_ff;
}
