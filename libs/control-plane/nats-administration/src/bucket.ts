// A KV bucket as the controller keeps it: on disk, one value a key, and nothing in it can be removed behind
// its back. A key is emptied by a purge marker, which is a message like any other; the API that deletes
// single messages is closed for everybody, and cannot be opened again.

import type { NatsLink } from "@penstock/nats-connection";
import {
  jetstream,
  jetstreamManager,
  JetStreamApiCodes,
  JetStreamApiError,
  StorageType,
} from "@nats-io/jetstream";
import { Kvm, type KV } from "@nats-io/kv";

/** How long the broker may take to answer, milliseconds. */
const ANSWER_MS = 5000;

/** Opens a bucket that exists, as it is; undefined when there is none. */
export async function findBucket(link: NatsLink, name: string): Promise<KV | undefined> {
  const { streams } = await jetstreamManager(link.connection, { timeout: ANSWER_MS });
  try {
    await streams.info(`KV_${name}`);
  } catch (thrown) {
    if (thrown instanceof JetStreamApiError && thrown.code === JetStreamApiCodes.StreamNotFound)
      return undefined;
    throw thrown;
  }
  return await new Kvm(jetstream(link.connection, { timeout: ANSWER_MS })).open(name);
}

/** Opens a bucket; makes it first where it does not exist. */
export async function openBucket(link: NatsLink, name: string): Promise<KV> {
  const bucket = await new Kvm(jetstream(link.connection, { timeout: ANSWER_MS })).create(name, {
    history: 1,
    storage: StorageType.File,
    allow_direct: true,
  });
  const { streams } = await jetstreamManager(link.connection, { timeout: ANSWER_MS });
  const { config } = await streams.info(`KV_${name}`);
  if (!config.deny_delete) await streams.update(config.name, { ...config, deny_delete: true });
  return bucket;
}
