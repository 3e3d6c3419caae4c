// Which credentials were issued: one record for each in the state folder, without anything secret, so that
// what lives can be listed, renewed and revoked, also by a later controller and by the command line. That one
// is revoked stands in a file of its own: who revokes and who renews never write the same one.

import { join } from "node:path";
import { KeyFolder } from "./key-folder.ts";
import type { IdentityName } from "./identities.ts";
import type { IssuedCredentials } from "./user-credentials.ts";

/** Names of the folder, and of what says that one is revoked. */
const FOLDER = "identities";
const REVOKED = ".revoked";

/** Who holds credentials outside of the controller's memory. */
export type CredentialKind = Extract<IdentityName, "worker" | "listener" | "operations">;

/** What is noted of credentials. Times are epoch seconds. */
export interface CredentialRecord {
  readonly version: 1;
  readonly kind: CredentialKind;
  readonly name: string;
  /** The pool of a worker. */
  readonly pool?: string;
  /** Public key of the user. */
  readonly userKey: string;
  /** Public key that signed the latest token. */
  readonly signer: string;
  readonly issuedAt: number;
  /** When the latest token ends. Absent: never. */
  readonly expiresAt?: number;
}

/** Credentials as they stand. */
export interface Credential extends CredentialRecord {
  readonly revokedAt?: number;
}

/** All records of a state folder. Synchronous, so that nothing comes between reading one and writing it. */
export class CredentialRegistry {
  readonly #folder: KeyFolder;

  /** Throws ServiceError KEYS_UNREADABLE. */
  constructor(stateDirectory: string) {
    this.#folder = new KeyFolder(join(stateDirectory, FOLDER));
  }

  /** Notes what was issued. */
  add(
    holder: Pick<CredentialRecord, "kind" | "name" | "pool">,
    issued: Omit<IssuedCredentials, "credentials">,
  ): CredentialRecord {
    const { userKey, signer, issuedAt, expiresAt } = issued;
    const record: CredentialRecord = {
      version: 1,
      ...holder,
      userKey,
      signer,
      issuedAt,
      ...(expiresAt !== undefined && { expiresAt }),
    };
    this.#folder.create(userKey, record);
    return record;
  }

  /** All, the oldest first. */
  all(): Credential[] {
    const found = this.#folder
      .names()
      .filter((name) => !name.endsWith(REVOKED))
      .map((name) => this.find(name));
    return found
      .filter((credential) => credential !== undefined)
      .toSorted((one, other) => one.issuedAt - other.issuedAt || order(one.name, other.name));
  }

  /** By the public key of the user. */
  find(userKey: string): Credential | undefined {
    const record = this.#folder.read(userKey) as CredentialRecord | undefined;
    if (record?.version !== 1) return undefined;
    const revoked = this.#folder.read(userKey + REVOKED) as { revokedAt: number } | undefined;
    return { ...record, ...(revoked && { revokedAt: revoked.revokedAt }) };
  }

  /** A later token was made for the same key. Without effect when it was forgotten meanwhile. */
  renewed(userKey: string, token: { readonly signer: string; readonly expiresAt: number }): void {
    const found = this.find(userKey);
    if (!found) return;
    const { revokedAt: _, ...record } = found;
    this.#folder.replace(userKey, { ...record, signer: token.signer, expiresAt: token.expiresAt });
  }

  /** From now on these count as revoked. The broker is told by the controller. */
  revoke(userKey: string, nowS: number): void {
    this.#folder.create(userKey + REVOKED, { revokedAt: nowS });
  }

  /** Nothing can be done with them any more. */
  forget(userKey: string): void {
    this.#folder.remove(userKey);
    this.#folder.remove(userKey + REVOKED);
  }
}

function order(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
