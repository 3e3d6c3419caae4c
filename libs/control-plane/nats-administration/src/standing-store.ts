// Where the standing of each pool is kept: what operators and rapid-fail protection decided outlives the
// controller. Nobody else reads it: the failures in it may quote an application's output.

import { readPoolStanding, type PoolStanding } from "@penstock/activation";
import type { NatsLink } from "@penstock/nats-connection";
import { encodeJson, poolStateKey, STANDING_BUCKET } from "@penstock/wire";
import type { KV } from "@nats-io/kv";
import { findBucket, openBucket } from "./bucket.ts";

/** Reads and writes standings. */
export class StandingStore {
  readonly #bucket: KV;

  private constructor(bucket: KV) {
    this.#bucket = bucket;
  }

  static async open(link: NatsLink): Promise<StandingStore> {
    return new StandingStore(await openBucket(link, STANDING_BUCKET));
  }

  /** The store as it is; undefined where no controller ever made it. */
  static async find(link: NatsLink): Promise<StandingStore | undefined> {
    const bucket = await findBucket(link, STANDING_BUCKET);
    return bucket && new StandingStore(bucket);
  }

  /** A pool's standing; undefined when none was kept, or what was kept is none. */
  async load(pool: string): Promise<PoolStanding | undefined> {
    const entry = await this.#bucket.get(poolStateKey(pool));
    return entry?.operation === "PUT" ? readPoolStanding(entry.string()) : undefined;
  }

  /** Keeps a pool's standing. Resolves when the broker has it on disk. */
  async save(pool: string, standing: PoolStanding): Promise<void> {
    await this.#bucket.put(poolStateKey(pool), encodeJson(standing));
  }

  /** The pool is not configured any more. */
  async forget(pool: string): Promise<void> {
    await this.#bucket.purge(poolStateKey(pool));
  }
}
