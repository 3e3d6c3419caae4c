// Mints the credentials of users: a new key each time, a name, and the time at which they end. What the
// user may do stands in the account.

import { Nkey, type Credentials } from "@penstock/nats-connection";
import { subjectToken } from "@penstock/wire";
import type { IdentityName } from "./identities.ts";
import { encodeToken } from "./jwt.ts";
import { TOKEN_LIFE_MAX_S } from "./revocations.ts";
import type { SharedAccount } from "./topology.ts";
import type { SharedSigners, Trust } from "./trust.ts";
import { sharedIdentity } from "./identities.ts";

/** Credentials as they were minted. */
export interface IssuedCredentials {
  readonly credentials: Credentials;
  /** Public key of the user: by this it is revoked, and known in the broker's events. */
  readonly userKey: string;
  /** Public key that signed it. */
  readonly signer: string;
  /** Epoch seconds. */
  readonly issuedAt: number;
  /** Epoch seconds. Absent: never, for keys that do not leave the controller's memory or that people keep in files. */
  readonly expiresAt?: number;
}

/** A later token for a key. Times are epoch seconds. */
export interface RenewedToken {
  readonly jwt: string;
  readonly signer: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** Who signs, for which account, and for how long. */
interface Issuer {
  readonly account: string;
  readonly signer: Nkey;
  readonly name: string;
  readonly issuedAt: number;
  readonly expiresAt?: number;
}

/** Mints credentials for an identity other than a worker. The name becomes a token of its subjects. */
export function issueCredentials(
  trust: SharedSigners,
  identity: Exclude<IdentityName, "worker">,
  options: { readonly name: string; readonly lifeS?: number },
): IssuedCredentials {
  const account = sharedIdentity(identity).account as SharedAccount;
  return mint({
    account: trust.id(account),
    signer: trust.signer(identity),
    name: subjectToken(options.name),
    ...validity(options.lifeS),
  });
}

/** Mints credentials for one worker process of a pool, whose account has to be published before they are used. */
export function issueWorkerCredentials(
  trust: Trust,
  worker: { readonly pool: string; readonly id: string; readonly lifeS: number },
): IssuedCredentials {
  return mint({ ...workerIssuer(trust, worker), ...validity(worker.lifeS) });
}

/** A later token for the same key: to be used at the worker's next connect. Not secret without the key. */
export function renewWorkerToken(
  trust: Trust,
  worker: {
    readonly pool: string;
    readonly id: string;
    readonly userKey: string;
    readonly lifeS: number;
  },
): RenewedToken {
  const issuer: Issuer = { ...workerIssuer(trust, worker), ...validity(worker.lifeS) };
  const { expiresAt = issuer.issuedAt } = issuer;
  return {
    jwt: userToken(worker.userKey, issuer),
    signer: issuer.signer.publicKey,
    issuedAt: issuer.issuedAt,
    expiresAt,
  };
}

function workerIssuer(
  trust: Trust,
  { pool, id }: { readonly pool: string; readonly id: string },
): Pick<Issuer, "account" | "signer" | "name"> {
  const keys = trust.pools.of(pool);
  return { account: keys.id, signer: keys.signer, name: subjectToken(id) };
}

function mint(issuer: Issuer): IssuedCredentials {
  const key = Nkey.create("user");
  return {
    credentials: { jwt: userToken(key.publicKey, issuer), seed: key.seed() },
    userKey: key.publicKey,
    signer: issuer.signer.publicKey,
    issuedAt: issuer.issuedAt,
    ...(issuer.expiresAt !== undefined && { expiresAt: issuer.expiresAt }),
  };
}

function userToken(userKey: string, issuer: Issuer): string {
  const { name, account, issuedAt, expiresAt, signer } = issuer;
  return encodeToken(
    {
      name,
      subject: userKey,
      claims: { type: "user", version: 2, issuer_account: account },
      issuedAt,
      ...(expiresAt !== undefined && { expiresAt }),
    },
    signer,
  );
}

function validity(lifeS: number | undefined): { issuedAt: number; expiresAt?: number } {
  const issuedAt = Math.floor(Date.now() / 1000);
  if (lifeS === undefined) return { issuedAt };
  return { issuedAt, expiresAt: issuedAt + Math.min(Math.ceil(lifeS), TOKEN_LIFE_MAX_S) };
}
