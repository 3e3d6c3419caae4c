// Where controllers agree on who leads: one key that is only ever replaced by who knows its present revision,
// so that of two who take it at once one does.

import type { NatsLink } from "@penstock/nats-connection";
import { encodeJson, LEASE_BUCKET } from "@penstock/wire";
import { JetStreamApiCodes, JetStreamApiError } from "@nats-io/jetstream";
import type { KV } from "@nats-io/kv";
import { findBucket, openBucket } from "./bucket.ts";

const KEY = "lease";

/** The lease as it lies there. */
export interface HeldLease {
  /** Moves with each write. */
  readonly revision: number;
  /** What the holder wrote; undefined when it gave the lease back. */
  readonly text: string | undefined;
}

/** Reads and writes the lease. */
export class LeaseStore {
  readonly #bucket: KV;

  private constructor(bucket: KV) {
    this.#bucket = bucket;
  }

  static async open(link: NatsLink): Promise<LeaseStore> {
    return new LeaseStore(await openBucket(link, LEASE_BUCKET));
  }

  /** The store as it is; undefined where no controller ever made it. */
  static async find(link: NatsLink): Promise<LeaseStore | undefined> {
    const bucket = await findBucket(link, LEASE_BUCKET);
    return bucket && new LeaseStore(bucket);
  }

  /** Reads it; revision 0 when nobody ever held it. */
  async read(): Promise<HeldLease> {
    const entry = await this.#bucket.get(KEY);
    if (!entry) return { revision: 0, text: undefined };
    return { revision: entry.revision, text: entry.string() || undefined };
  }

  /**
   * Writes it if its revision still is `revision`. Resolves with the new revision, and with undefined when
   * somebody else wrote meanwhile.
   */
  write(value: unknown, revision: number): Promise<number | undefined> {
    return this.#replace(encodeJson(value), revision);
  }

  /** Gives it back if its revision still is `revision`; otherwise somebody else has it. */
  async giveBack(revision: number): Promise<void> {
    await this.#replace(new Uint8Array(0), revision);
  }

  async #replace(bytes: Uint8Array, previousSeq: number): Promise<number | undefined> {
    try {
      return await this.#bucket.put(KEY, bytes, { previousSeq });
    } catch (thrown) {
      if (
        thrown instanceof JetStreamApiError &&
        thrown.code === JetStreamApiCodes.StreamWrongLastSequence
      )
        return undefined;
      throw thrown;
    }
  }
}
