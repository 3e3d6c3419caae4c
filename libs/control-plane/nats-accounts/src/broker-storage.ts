// What the broker holds in all its streams together, and what it may hold. At the limit it refuses requests,
// whatever the limits of their queues: only the broker itself knows that one.

import type { NatsLink } from "@penstock/nats-connection";

/** How long the broker may take to tell, milliseconds. */
const ANSWER_MS = 2000;

/** One kind of storage, bytes. */
export interface StorageUse {
  readonly used: number;
  readonly limit: number;
}

/** Memory streams carry synchronous requests; files what must survive the broker. */
export interface BrokerStorage {
  readonly memory: StorageUse;
  readonly file: StorageUse;
}

/** The part of the broker's answer that matters here. */
interface Answer {
  readonly data: {
    readonly memory: number;
    readonly storage: number;
    readonly config: { readonly max_memory: number; readonly max_storage: number };
  };
}

/** Asks the broker. `link` belongs to the account-writer in SYS. Rejects when it does not answer in time. */
export async function readBrokerStorage(link: NatsLink): Promise<BrokerStorage> {
  const message = await link.connection.request("$SYS.REQ.SERVER.PING.JSZ", "", {
    timeout: ANSWER_MS,
  });
  const { memory, storage, config } = message.json<Answer>().data;
  return {
    memory: { used: memory, limit: config.max_memory },
    file: { used: storage, limit: config.max_storage },
  };
}
