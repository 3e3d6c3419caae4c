// Keeps the broker as the registry of credentials says, again and again: what is revoked there is refused at
// the broker, what lives carries a token that is young enough, and a key that nobody needs any more is
// retired. Whoever revokes while no controller runs writes the registry; this one finds it at its start.

import {
  chooseCredential,
  connectionsOf,
  renewWorkerToken,
  ROTATED_IDENTITIES,
  type AccountPublisher,
  type Credential,
  type CredentialRegistry,
  type PoolConnection,
  type RotatedIdentity,
  type Trust,
} from "@penstock/nats-accounts";
import type { NatsLink } from "@penstock/nats-connection";
import type { CancelTimer, Clock } from "@penstock/foundation";
import { renewalSubject } from "@penstock/wire";
import type { ControllerEvents } from "./controller-events.ts";
import { isDue, isStale } from "./token-renewal.ts";
import type { WorkerEnds } from "./worker-ends.ts";

/** Time between two looks, milliseconds: a fraction of a token's life, within these bounds. */
const LOOK_MIN_MS = 200;
const LOOK_MAX_MS = 30_000;
const LOOKS_A_LIFE = 20;

/** What a {@link CredentialKeeper} is made of. */
export interface CredentialKeeperParts {
  readonly trust: Trust;
  readonly accounts: AccountPublisher;
  readonly registry: CredentialRegistry;
  /** The controller's connection to the queues, from which tokens are sent. */
  readonly link: NatsLink;
  /** The account-writer's connection. */
  readonly writer: NatsLink;
  readonly events: ControllerEvents;
  readonly clock: Clock;
  /** How long a worker's token is good for, seconds. */
  readonly lifeS: number;
  /** Ends workers that cannot work any more; tells who sleeps, and takes no token. */
  readonly ends: Pick<WorkerEnds, "endRefused" | "isAsleep" | "endSleeper">;
}

/** What a rotation has done. */
export interface Rotation {
  /** False when the shared keys were given from outside: only those of pools were replaced. */
  readonly shared: boolean;
  readonly pools: readonly string[];
}

/** Lists, revokes, renews, rotates. */
export class CredentialKeeper {
  readonly #parts: CredentialKeeperParts;
  /** Revocations that the broker has taken, by user key. */
  readonly #applied = new Set<string>();
  #cancel: CancelTimer | undefined;
  #looking: Promise<void> | undefined;
  #stopped = false;

  constructor(parts: CredentialKeeperParts) {
    this.#parts = parts;
  }

  /** The first look, and one after the other from then on. */
  async start(): Promise<void> {
    await this.#look();
    this.#planLook();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel?.();
    await this.#looking?.catch(() => {});
  }

  list(): Credential[] {
    return this.#parts.registry.all();
  }

  /** Ends credentials, by name or key. Throws as {@link chooseCredential}, and when the broker does not take it. */
  async revoke(given: string): Promise<Credential> {
    const { registry } = this.#parts;
    const chosen = chooseCredential(registry.all(), given);
    const revokedAt = nowS();
    registry.revoke(chosen.userKey, revokedAt);
    const revoked = { ...chosen, revokedAt };
    await this.#apply(revoked);
    return revoked;
  }

  /** Replaces the signing keys. Former ones end when nobody living needs them. */
  async rotate(): Promise<Rotation> {
    const { trust, accounts, events } = this.#parts;
    const shared = await accounts.rotate();
    const pools = trust.pools.names();
    events.keysRotated(pools.length, shared);
    if (shared) await this.#parts.writer.renew();
    this.#cancel?.();
    await this.#look();
    this.#planLook();
    return { shared, pools };
  }

  #planLook(): void {
    if (this.#stopped) return;
    const lifeMs = this.#parts.lifeS * 1000;
    const rotating = this.#rotatingPools().length > 0;
    const regular = Math.min(LOOK_MAX_MS, Math.max(LOOK_MIN_MS, lifeMs / LOOKS_A_LIFE));
    this.#cancel?.();
    this.#cancel = this.#parts.clock.after(rotating ? LOOK_MIN_MS : regular, () => {
      void this.#look().finally(() => this.#planLook());
    });
  }

  /** One look at everything. Never rejects: what failed is seen again at the next. */
  #look(): Promise<void> {
    this.#looking = (this.#looking ?? Promise.resolve())
      .then(() => this.#settle())
      .catch((thrown: unknown) => this.#parts.events.failed("looking after credentials", thrown));
    return this.#looking;
  }

  async #settle(): Promise<void> {
    const { registry } = this.#parts;
    const all = registry.all();
    for (const credential of all) {
      if (
        credential.expiresAt !== undefined &&
        credential.expiresAt < nowS() &&
        !living(credential)
      )
        registry.forget(credential.userKey);
      else if (!living(credential)) await this.#apply(credential);
    }
    const workers = all.filter((each) => each.kind === "worker" && living(each));
    const pools = new Set(workers.map(({ pool = "" }) => pool));
    for (const pool of this.#rotatingPools()) pools.add(pool);
    await Promise.all(
      Array.from(pools, (pool) =>
        this.#renew(
          pool,
          workers.filter((worker) => worker.pool === pool),
        ),
      ),
    );
    await this.#retireShared(all.filter(living));
  }

  /** Has the broker refuse what is revoked. */
  async #apply({ userKey, kind, name, pool = "" }: Credential): Promise<void> {
    if (this.#applied.has(userKey)) return;
    const { trust, accounts, events, ends } = this.#parts;
    if (kind !== "worker")
      await accounts.revokeShared(kind === "listener" ? "EDGE" : "OPS", [userKey]);
    else if (trust.pools.find(pool)) await accounts.revoke(pool, [userKey]);
    this.#applied.add(userKey);
    events.credentialsRevoked(kind, name, userKey);
    if (kind === "worker") await ends.endRefused(name);
  }

  /** Sends a new token to each worker of a pool whose connection stands on one that is too old. */
  async #renew(pool: string, workers: readonly Credential[]): Promise<void> {
    const { trust, writer, accounts, events } = this.#parts;
    const keys = trust.pools.find(pool);
    if (!keys) return;
    const connected = new Map(
      (await connectionsOf(writer, keys.id)).map((connection) => [connection.userKey, connection]),
    );
    const signer = keys.signer.publicKey;
    const { ends } = this.#parts;
    const isAsleep = (id: string): boolean => ends.isAsleep(id);
    for (const worker of workers) {
      const connection = connected.get(worker.userKey);
      const now = { nowS: nowS(), signer };
      if (isAsleep(worker.name)) await this.#endIfStale(worker, now);
      else if (connection && isDue(connection, now)) this.#send(pool, worker);
    }
    // Of one that sleeps the broker may have cut the connection: what it was given counts.
    const awake = workers.filter(({ name }) => !isAsleep(name));
    const asleep = workers.filter(({ name }) => isAsleep(name));
    const done =
      awake.every(carries(signer, connected)) && asleep.every((each) => each.signer === signer);
    if (keys.former.length === 0 || !done) return;
    await accounts.retireSigners(pool);
    events.keysRetired(`pool ${pool}`, keys.former.length);
  }

  /** A worker that sleeps cannot be sent a token: it goes before its own ends, or could not come back. */
  async #endIfStale(
    worker: Credential,
    now: { readonly nowS: number; readonly signer: string },
  ): Promise<void> {
    if (!isStale({ ...worker, lifeS: this.#parts.lifeS }, now)) return;
    this.#parts.events.sleeperStale(worker.pool ?? "", worker.name);
    await this.#parts.ends.endSleeper(worker.name);
  }

  #send(pool: string, { userKey, name: id }: Credential): void {
    const { trust, registry, link, lifeS, events } = this.#parts;
    // It may have been revoked while the broker was asked.
    const now = registry.find(userKey);
    if (!now || !living(now)) return;
    const token = renewWorkerToken(trust, { pool, id, userKey, lifeS });
    registry.renewed(userKey, token);
    link.publish(renewalSubject(pool, id), token.jwt);
    events.tokenRenewed(pool, id);
  }

  async #retireShared(all: readonly Credential[]): Promise<void> {
    const { trust, accounts, events } = this.#parts;
    if (trust.sharedGiven) return;
    for (const identity of ROTATED_IDENTITIES) {
      const former = trust.former(identity);
      if (former.length === 0 || all.some((each) => needs(each, identity, former))) continue;
      await accounts.retireShared(identity);
      events.keysRetired(identity, former.length);
    }
  }

  #rotatingPools(): string[] {
    const { pools } = this.#parts.trust;
    return pools.names().filter((pool) => (pools.find(pool)?.former.length ?? 0) > 0);
  }
}

const living = ({ revokedAt }: Credential): boolean => revokedAt === undefined;

/** Whether a worker's connection stands on a token of this key. One that is not connected may come back with another. */
const carries =
  (signer: string, connected: ReadonlyMap<string, PoolConnection>) =>
  ({ userKey }: Credential): boolean =>
    connected.get(userKey)?.signer === signer;

function needs(
  { kind, signer }: Credential,
  identity: RotatedIdentity,
  former: readonly string[],
): boolean {
  return kind === identity && former.includes(signer);
}

function nowS(): number {
  return Math.floor(Date.now() / 1000);
}
