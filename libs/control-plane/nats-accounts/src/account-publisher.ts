// Publishes accounts to the running broker. The broker's own store is the truth about what is published:
// it is asked before anything is sent, so that a restarted controller neither sends what is there already
// nor forgets a revocation. One writer at a time: the broker takes an older token as readily as a newer one.
//
// Publishing a pool's account disturbs nobody else. Publishing QUEUES ends every open pull (workers ask
// again within seconds), so that happens only when a new version of Penstock offers something new.

import { isDeepStrictEqual } from "node:util";
import { describeError, ServiceError } from "@penstock/foundation";
import type { NatsLink } from "@penstock/nats-connection";
import {
  accountToken,
  poolAccountClaims,
  sharedAccountClaims,
  type PoolAccountLimits,
} from "./account-tokens.ts";
import { trustsOperatorKey } from "./broker-queries.ts";
import type { AccountClaims } from "./claims.ts";
import { decodeToken, encodeToken } from "./jwt.ts";
import { TOKEN_LIFE_MAX_S, withRevoked, type Revocations } from "./revocations.ts";
import { SHARED_ACCOUNTS, type SharedAccount } from "./topology.ts";
import { sharedIdentity } from "./identities.ts";
import type { RotatedIdentity, Trust } from "./trust.ts";

/** How long the broker may take to store an account, milliseconds. */
const ANSWER_MS = 5000;

/** Prefix of a pool's account name. */
const POOL_PREFIX = "POOL ";

/** What is published under one account. */
interface Published {
  readonly name: string;
  readonly id: string;
  claims: AccountClaims | undefined;
  /** Public key of the operator's that signed it. */
  signer: string | undefined;
}

/** Writes accounts. */
export class AccountPublisher {
  readonly #link: NatsLink;
  readonly #trust: Trust;
  /** By account key. */
  readonly #published = new Map<string, Promise<Published>>();
  readonly #limits = new Map<string, PoolAccountLimits>();
  /** The end of the queue of changes of each account: one at a time. */
  readonly #turns = new Map<string, Promise<unknown>>();

  /** `link` belongs to the account-writer in SYS. */
  constructor(link: NatsLink, trust: Trust) {
    this.#link = link;
    this.#trust = trust;
  }

  /** Publishes those of the shared accounts that are not as they should be, exporters first. Returns their names. */
  async publishShared(): Promise<SharedAccount[]> {
    const changed: SharedAccount[] = [];
    for (const name of SHARED_ACCOUNTS) {
      if (await this.#publishShared(name)) changed.push(name);
    }
    return changed;
  }

  /** Makes a pool's account exist with its limits. Returns false when it stood there already. */
  provision(pool: string, limits: PoolAccountLimits): Promise<boolean> {
    this.#limits.set(pool, limits);
    return this.#changePool(pool, (revocations) => revocations);
  }

  /** Ends users of a pool: their connections close, their credentials are refused from now on. */
  async revoke(pool: string, userKeys: readonly string[]): Promise<void> {
    await this.#changePool(pool, (revocations) =>
      withRevoked(revocations, userKeys, { nowS: nowS(), lifeMaxS: TOKEN_LIFE_MAX_S }),
    );
  }

  /** The same for a shared account: a listener that is gone, a file that was lost. */
  async revokeShared(account: SharedAccount, userKeys: readonly string[]): Promise<void> {
    await this.#change(account, this.#trust.id(account), (revocations) =>
      withRevoked(revocations, userKeys, { nowS: nowS(), lifeMaxS: Infinity }),
    );
  }

  /** Lets a new key sign the pool's workers; those of the old one stay until {@link retireSigners}. */
  async rotateSigner(pool: string): Promise<void> {
    this.#trust.pools.rotate(pool);
    await this.#changePool(pool, (revocations) => revocations);
  }

  /**
   * Replaces the signing keys that all pools share, and those of the pools: whoever holds a token of a former
   * key is still accepted. False when the shared keys were given from outside and stay. Throws ServiceError
   * SIGNING_KEY_UNKNOWN when the broker does not know the operator's next key yet; nothing has changed then.
   */
  async rotate(): Promise<boolean> {
    const { sharedGiven, operatorNext, pools } = this.#trust;
    if (!sharedGiven) {
      // It would store what they sign, and not accept it.
      if (!(await trustsOperatorKey(this.#link, operatorNext.publicKey))) throw unknownKey();
      this.#trust.rotate();
      await this.publishShared();
    }
    await Promise.all(pools.names().map((pool) => this.rotateSigner(pool)));
    return !sharedGiven;
  }

  /** Cuts off whoever a former key of an identity signed. */
  async retireShared(identity: RotatedIdentity): Promise<void> {
    this.#trust.retire(identity);
    await this.#publishShared(sharedIdentity(identity).account as SharedAccount);
  }

  /** Cuts off whoever a former key of the pool signed. */
  async retireSigners(pool: string): Promise<void> {
    this.#trust.pools.retire(pool);
    await this.#changePool(pool, (revocations) => revocations);
  }

  /** Removes a pool's account and keys: all its workers are cut off. Without effect when it has none. */
  async remove(pool: string): Promise<void> {
    const keys = this.#trust.pools.find(pool);
    if (!keys) return;
    await this.#inTurn(keys.id, async () => {
      const token = encodeToken(
        {
          name: "removal",
          // Only a request that its own subject signed counts.
          subject: this.#trust.operatorSigner.publicKey,
          issuedAt: nowS(),
          claims: { type: "generic", version: 2, accounts: [keys.id] },
        },
        this.#trust.operatorSigner,
      );
      await this.#ask("$SYS.REQ.CLAIMS.DELETE", token, `remove the account of pool "${pool}"`);
      this.#trust.pools.forget(pool);
      this.#published.delete(keys.id);
      this.#limits.delete(pool);
    });
  }

  #publishShared(name: SharedAccount): Promise<boolean> {
    return this.#change(name, this.#trust.id(name), (revocations) => revocations);
  }

  #changePool(pool: string, change: (current: Revocations) => Revocations): Promise<boolean> {
    return this.#change(POOL_PREFIX + pool, this.#trust.pools.of(pool).id, change);
  }

  #change(
    name: string,
    id: string,
    change: (current: Revocations) => Revocations,
  ): Promise<boolean> {
    return this.#inTurn(id, async () => {
      const published = await this.#lookUp(name, id);
      const claims = this.#wanted(published, change(published.claims?.revocations ?? {}));
      if (isDeepStrictEqual(claims, published.claims) && this.#wellSigned(published)) return false;
      const token = accountToken(this.#trust, { name, id, claims }, nowS());
      await this.#ask("$SYS.REQ.CLAIMS.UPDATE", token, `store the account ${name}`);
      published.claims = claims;
      published.signer = this.#trust.operatorSigner.publicKey;
      return true;
    });
  }

  /** The operator's former key counts until the broker's next start, with which QUEUES gets a new token anyway. */
  #wellSigned({ name, signer }: Published): boolean {
    return name === "QUEUES" || signer === this.#trust.operatorSigner.publicKey;
  }

  #wanted({ name, claims }: Published, revocations: Revocations): AccountClaims {
    if (!name.startsWith(POOL_PREFIX))
      return sharedAccountClaims(this.#trust, name as SharedAccount, { revocations });
    const pool = name.slice(POOL_PREFIX.length);
    const connectionsMax = this.#limits.get(pool)?.connectionsMax ?? claims?.limits.conn ?? 0;
    return poolAccountClaims(this.#trust, pool, { revocations, connectionsMax });
  }

  #lookUp(name: string, id: string): Promise<Published> {
    let found = this.#published.get(id);
    if (!found) {
      found = this.#read(id).then((read) => ({ name, id, ...read }));
      this.#published.set(id, found);
      found.catch(() => this.#published.delete(id));
    }
    return found;
  }

  async #read(id: string): Promise<Pick<Published, "claims" | "signer">> {
    const answer = await this.#request(`$SYS.REQ.ACCOUNT.${id}.CLAIMS.LOOKUP`, "");
    const token = decodeToken(answer);
    return token?.nats.type === "account"
      ? { claims: token.nats, signer: token.iss }
      : { claims: undefined, signer: undefined };
  }

  async #ask(subject: string, token: string, what: string): Promise<void> {
    const answer = JSON.parse(await this.#request(subject, token)) as {
      error?: { description?: string };
    };
    if (answer.error) throw refused(what, answer.error.description ?? JSON.stringify(answer.error));
  }

  async #request(subject: string, body: string): Promise<string> {
    try {
      const answer = await this.#link.connection.request(subject, body, { timeout: ANSWER_MS });
      return answer.string();
    } catch (thrown) {
      throw refused("answer", thrown);
    }
  }

  /** Runs changes of one account one after another. */
  #inTurn<Result>(id: string, run: () => Promise<Result>): Promise<Result> {
    const turn = (this.#turns.get(id) ?? Promise.resolve()).then(run);
    const settled = turn.catch(() => {});
    this.#turns.set(id, settled);
    void settled.then(() => {
      if (this.#turns.get(id) === settled) this.#turns.delete(id);
    });
    return turn;
  }
}

function unknownKey(): ServiceError {
  return new ServiceError("the broker does not know the operator's next signing key yet", {
    code: "SIGNING_KEY_UNKNOWN",
    remedy:
      "It learns it at its start: restart it first, one that runs elsewhere with what `penstock creds server` prints.",
  });
}

function nowS(): number {
  return Math.floor(Date.now() / 1000);
}

function refused(what: string, cause: unknown): ServiceError {
  return new ServiceError(`the broker did not ${what}: ${describeError(cause)}`, {
    code: "ACCOUNT_REFUSED",
    remedy: "It must have been started with the keys of this Penstock.",
    cause,
  });
}
