// The identities of workers at the broker: minted at launch, noted in the state folder so that a successor
// can renew and revoke them too, revoked at the worker's end.

import {
  issueWorkerCredentials,
  type AccountPublisher,
  type Credential,
  type CredentialRegistry,
  type Trust,
} from "@penstock/nats-accounts";
import { renderCredentials } from "@penstock/nats-connection";

/** What {@link WorkerIdentities} needs. */
export interface WorkerIdentitiesParts {
  readonly trust: Trust;
  readonly accounts: AccountPublisher;
  readonly registry: CredentialRegistry;
  /** How long a token is good for, seconds. */
  readonly lifeS: number;
}

/** Mints and revokes. */
export class WorkerIdentities {
  readonly #parts: WorkerIdentitiesParts;

  constructor(parts: WorkerIdentitiesParts) {
    this.#parts = parts;
  }

  /** New credentials for a worker that is about to be launched. */
  issue(pool: string, id: string): string {
    const { trust, registry, lifeS } = this.#parts;
    const issued = issueWorkerCredentials(trust, { pool, id, lifeS });
    registry.add({ kind: "worker", name: id, pool }, issued);
    return renderCredentials(issued.credentials);
  }

  /** The worker has ended: whoever has its credentials is disconnected and refused. */
  async revoke(id: string): Promise<void> {
    for (const credential of this.#workers())
      if (credential.name === id) await this.#end(credential);
  }

  /** Revokes what a former controller issued to workers that are gone. */
  async revokeAllBut(living: ReadonlySet<string>): Promise<void> {
    for (const credential of this.#workers())
      if (!living.has(credential.name)) await this.#end(credential);
  }

  #workers(): Credential[] {
    return this.#parts.registry.all().filter(({ kind }) => kind === "worker");
  }

  async #end({ userKey, pool = "" }: Credential): Promise<void> {
    const { trust, accounts, registry } = this.#parts;
    // First of all here, so that no token is made for it any more, and it is tried again when the broker is away.
    registry.revoke(userKey, Math.floor(Date.now() / 1000));
    // A pool that is not configured any more has lost its account, and with it all its users.
    if (trust.pools.find(pool)) await accounts.revoke(pool, [userKey]);
    registry.forget(userKey);
  }
}
