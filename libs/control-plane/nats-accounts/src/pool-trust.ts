// The keys of application pools: one account and one scoped signing key each, made when a pool is first
// seen and destroyed with it. A pool of the same name that comes later gets new ones, because the broker
// goes on refusing an account that was deleted.
//
// The signing key is replaced in two steps, so that no worker is cut off: `rotate` adds a new key, which signs
// from now on, and keeps the old one valid; `retire` ends the old one when no worker of it is left.

import { ServiceError } from "@penstock/foundation";
import { Nkey } from "@penstock/nats-connection";
import { nameOfToken, subjectToken } from "@penstock/wire";
import type { KeyFolder } from "./key-folder.ts";

/** A pool's keys. */
export interface PoolKeys {
  /** The account's public key. */
  readonly id: string;
  /** Signs the pool's workers. */
  readonly signer: Nkey;
  /** Public keys of signers that sign no more and whose workers are still accepted. */
  readonly former: readonly string[];
}

interface PoolDocument {
  readonly version: 1;
  /** Account seed. */
  readonly account: string;
  readonly signer: string;
  readonly former: readonly string[];
}

/** All pools' keys. */
export class PoolTrust {
  readonly #folder: KeyFolder;
  readonly #keys = new Map<string, PoolKeys>();

  constructor(folder: KeyFolder) {
    this.#folder = folder;
  }

  /** The pools that have keys. */
  names(): string[] {
    return this.#folder.names().map(nameOfToken);
  }

  /** A pool's keys, made when there are none. */
  of(pool: string): PoolKeys {
    return this.find(pool) ?? this.#create(pool);
  }

  /** A pool's keys, if it has any. */
  find(pool: string): PoolKeys | undefined {
    const known = this.#keys.get(pool);
    if (known) return known;
    const stored = this.#folder.read(subjectToken(pool));
    return stored === undefined ? undefined : this.#remember(pool, stored as PoolDocument);
  }

  /** From now on a new key signs the pool's workers. The pool's account has to be published before it does. */
  rotate(pool: string): PoolKeys {
    const keys = this.of(pool);
    const signer = Nkey.create("account");
    return this.#replace(pool, {
      signer: signer.seed(),
      former: [...keys.former, keys.signer.publicKey],
    });
  }

  /** Ends all former keys of a pool. */
  retire(pool: string): PoolKeys {
    return this.#replace(pool, { former: [] });
  }

  /** Destroys a pool's keys. */
  forget(pool: string): void {
    this.#keys.delete(pool);
    this.#folder.remove(subjectToken(pool));
  }

  #create(pool: string): PoolKeys {
    const document: PoolDocument = {
      version: 1,
      account: Nkey.create("account").seed(),
      signer: Nkey.create("account").seed(),
      former: [],
    };
    return this.#remember(pool, this.#folder.create(subjectToken(pool), document) as PoolDocument);
  }

  #replace(pool: string, change: Partial<PoolDocument>): PoolKeys {
    const document = { ...(this.#folder.read(subjectToken(pool)) as PoolDocument), ...change };
    this.#folder.replace(subjectToken(pool), document);
    return this.#remember(pool, document);
  }

  #remember(pool: string, { version, account, signer, former }: PoolDocument): PoolKeys {
    if (version !== 1 || !account || !signer)
      throw new ServiceError(`the keys of pool "${pool}" cannot be used`, {
        code: "TRUST_INVALID",
        remedy: "Remove its file below keys/pools: the pool's workers then start anew.",
      });
    const keys = { id: Nkey.fromSeed(account).publicKey, signer: Nkey.fromSeed(signer), former };
    this.#keys.set(pool, keys);
    return keys;
  }
}
