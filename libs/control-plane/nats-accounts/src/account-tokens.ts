// The tokens of operator and accounts, put together from keys (trust), walls (topology) and rights
// (identities).

import type { Trust } from "./trust.ts";
import {
  NOTHING,
  UNLIMITED,
  type AccountClaims,
  type AccountLimits,
  type ScopedKey,
} from "./claims.ts";
import { rightsOf, sharedIdentities, workerIdentity, type Identity } from "./identities.ts";
import { encodeToken } from "./jwt.ts";
import { poolSharing, sharedSharing, type SharedAccount, type Sharing } from "./topology.ts";

/** What differs from account to account over time. */
export interface AccountState {
  readonly revocations: AccountClaims["revocations"];
}

/** What a pool's account may use. */
export interface PoolAccountLimits {
  /** Connections at one time: one for each worker process. */
  readonly connectionsMax: number;
}

/** Largest message of a pool's account, bytes: the limit of its workers. */
const POOL_PAYLOAD_MAX = 1024 * 1024;

/** Subscriptions for each connection of a pool's account. */
const POOL_SUBSCRIPTIONS_MAX = 16;

/** The operator's token. */
export function operatorToken(trust: Trust): string {
  return encodeToken(
    {
      name: "penstock",
      subject: trust.operator.publicKey,
      issuedAt: trust.createdAt,
      claims: {
        type: "operator",
        version: 2,
        signing_keys: [trust.operatorSigner.publicKey, trust.operatorNext.publicKey],
        system_account: trust.id("SYS"),
      },
    },
    trust.operator,
  );
}

/** What a shared account is. */
export function sharedAccountClaims(
  trust: Trust,
  account: SharedAccount,
  { revocations }: AccountState,
): AccountClaims {
  const keys = sharedIdentities
    .filter((identity) => identity.account === account)
    .flatMap((identity) => {
      const name = identity.name as "listener";
      const accepted = [trust.signer(name).publicKey, ...trust.former(name)];
      return accepted.map((key) => scopedKey(key, identity));
    });
  return accountClaims({
    sharing: sharedSharing(account, trust.id),
    keys,
    revocations,
    limits: {
      ...limits({ connections: UNLIMITED, subscriptions: UNLIMITED, payload: UNLIMITED }),
      // The broker's own limits of memory and disk hold: QUEUES is the only account that has any.
      ...(account === "QUEUES" && {
        mem_storage: UNLIMITED,
        disk_storage: UNLIMITED,
        streams: UNLIMITED,
        consumer: UNLIMITED,
      }),
    },
  });
}

/** What a pool's account is. */
export function poolAccountClaims(
  trust: Trust,
  pool: string,
  { revocations, connectionsMax }: AccountState & PoolAccountLimits,
): AccountClaims {
  const keys = trust.pools.of(pool);
  const identity = workerIdentity(pool);
  return accountClaims({
    sharing: poolSharing(pool, trust.id),
    keys: [keys.signer.publicKey, ...keys.former].map((key) => scopedKey(key, identity)),
    revocations,
    limits: limits({
      connections: connectionsMax,
      subscriptions: POOL_SUBSCRIPTIONS_MAX,
      payload: POOL_PAYLOAD_MAX,
    }),
  });
}

/** Signs an account's token. */
export function accountToken(
  trust: Trust,
  account: { readonly name: string; readonly id: string; readonly claims: AccountClaims },
  issuedAt: number,
): string {
  const { name, id: subject, claims } = account;
  return encodeToken({ name, subject, issuedAt, claims }, trust.operatorSigner);
}

interface AccountParts {
  readonly sharing: Sharing;
  readonly keys: readonly ScopedKey[];
  readonly revocations: AccountClaims["revocations"];
  readonly limits: AccountLimits;
}

function accountClaims({ sharing, keys, revocations, limits: held }: AccountParts): AccountClaims {
  return {
    type: "account",
    version: 2,
    limits: held,
    exports: sharing.exports,
    imports: sharing.imports,
    signing_keys: keys,
    revocations,
    // For users that the account's own key would sign: it signs none.
    default_permissions: { pub: NOTHING, sub: NOTHING },
  };
}

function scopedKey(key: string, identity: Identity): ScopedKey {
  return { kind: "user_scope", key, role: identity.name, template: rightsOf(identity) };
}

function limits(max: {
  readonly connections: number;
  readonly subscriptions: number;
  readonly payload: number;
}): AccountLimits {
  return {
    conn: max.connections,
    subs: max.subscriptions,
    payload: max.payload,
    leaf: 0,
    data: UNLIMITED,
    imports: UNLIMITED,
    exports: UNLIMITED,
    wildcards: true,
    disallow_bearer: true,
  };
}
