// Request queues, as only the controller may touch them: one stream and one durable consumer per pool.
// Provisioning is idempotent: what stands is updated in place, so that requests that wait survive a
// restart of the controller and a change of the pool's limits.

import { describeError, ServiceError } from "@penstock/foundation";
import type { ApplicationPool } from "@penstock/domain";
import type { NatsLink } from "@penstock/nats-connection";
import { CONSUMER, demandSubjects, requestSubjects, streamOf } from "@penstock/wire";
import {
  AckPolicy,
  DiscardPolicy,
  JetStreamApiError,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
  type JetStreamManager,
  type StreamConfig,
} from "@nats-io/jetstream";

const NANOS_PER_MS = 1_000_000;

/** The broker refuses a shorter age; the listener keeps the exact limit. Milliseconds. */
const MAX_AGE_LEAST_MS = 100;

/** Open pulls at one time: one or a few per worker. */
const MAX_WAITING = 5000;

/** JetStream's error codes for what is not there. */
const NOT_FOUND = new Set([10059, 10014]);

/** Metadata key that marks a stream as a request queue of Penstock and names its pool. */
const POOL_KEY = "penstock.pool";

type NamedStream = Partial<StreamConfig> & Pick<StreamConfig, "name">;

/** What a request queue holds now. */
export interface QueueDepth {
  /** Requests that wait. */
  readonly messages: number;
  readonly bytes: number;
  /** Age of the oldest, milliseconds; 0 when none waits. */
  readonly oldestAgeMs: number;
  /** Requests that ever entered it. */
  readonly enqueued: number;
}

/** Creates, changes, reads and removes request queues. */
export class QueueAdministration {
  readonly #streams: JetStreamManager;

  private constructor(streams: JetStreamManager) {
    this.#streams = streams;
  }

  /** Throws ServiceError JETSTREAM_DISABLED when the broker has no JetStream. */
  static async open(link: NatsLink): Promise<QueueAdministration> {
    try {
      return new QueueAdministration(await jetstreamManager(link.connection, { timeout: 5000 }));
    } catch (cause) {
      throw new ServiceError(`the broker does not offer JetStream: ${describeError(cause)}`, {
        code: "JETSTREAM_DISABLED",
        remedy:
          "Start nats-server with JetStream (-js), or leave --nats away to let Penstock bring its own.",
        cause,
      });
    }
  }

  /** Makes a pool's queue exist with the pool's limits. Throws ServiceError QUEUE_PROVISION_REFUSED. */
  async provision(pool: ApplicationPool): Promise<void> {
    const config = streamConfig(pool);
    const { name } = config;
    try {
      if (!(await this.#exists(name))) await this.#create(config);
      await this.#streams.streams.update(name, config);
    } catch (cause) {
      throw new ServiceError(
        `the broker refused the queue of pool "${pool.name}": ${describeError(cause)}`,
        {
          code: "QUEUE_PROVISION_REFUSED",
          cause,
        },
      );
    }
  }

  /** Removes a pool's queue and what waits in it. Without effect when there is none. */
  async remove(pool: string): Promise<void> {
    try {
      await this.#streams.streams.delete(streamOf(pool));
    } catch (thrown) {
      if (!isNotFound(thrown)) throw thrown;
    }
  }

  /** The pools that have a queue. */
  async pools(): Promise<string[]> {
    const pools: string[] = [];
    for await (const stream of this.#streams.streams.list("req.>")) {
      const pool = stream.config.metadata?.[POOL_KEY];
      if (pool !== undefined) pools.push(pool);
    }
    return pools;
  }

  /** What a pool's queue holds; undefined when there is none. */
  async depth(pool: string): Promise<QueueDepth | undefined> {
    try {
      const { state } = await this.#streams.streams.info(streamOf(pool));
      const oldestAgeMs =
        state.messages === 0 ? 0 : Math.max(0, Date.now() - Date.parse(state.first_ts));
      return {
        messages: state.messages,
        bytes: state.bytes,
        oldestAgeMs,
        enqueued: state.last_seq,
      };
    } catch (thrown) {
      if (isNotFound(thrown)) return undefined;
      throw thrown;
    }
  }

  async #exists(name: string): Promise<boolean> {
    try {
      await this.#streams.consumers.info(name, CONSUMER);
      return true;
    } catch (thrown) {
      if (isNotFound(thrown)) return false;
      throw thrown;
    }
  }

  /** A stream that nobody takes from forgets what it is given: it is given nothing before its consumer exists. */
  async #create(config: NamedStream): Promise<void> {
    const unused: NamedStream = { ...config, subjects: [unpublished(config.name)] };
    delete unused.republish;
    await this.#streams.streams.add(unused);
    await this.#streams.consumers.add(config.name, {
      durable_name: CONSUMER,
      ack_policy: AckPolicy.None,
      max_waiting: MAX_WAITING,
    });
  }
}

function streamConfig(pool: ApplicationPool): NamedStream {
  return {
    name: streamOf(pool.name),
    subjects: [requestSubjects(pool.name)],
    // With a consumer that needs no acknowledgements: what is delivered is gone.
    retention: RetentionPolicy.Interest,
    storage: StorageType.Memory,
    discard: DiscardPolicy.New,
    max_msgs: pool.queueLength,
    max_age: Math.max(MAX_AGE_LEAST_MS, pool.queueTimeoutMs) * NANOS_PER_MS,
    num_replicas: 1,
    // A listener looks what became of its requests.
    allow_direct: true,
    // A subscriber to this is the controller, and only while the pool has no worker (demand start).
    republish: {
      src: requestSubjects(pool.name),
      dest: demandSubjects(pool.name),
      headers_only: true,
    },
    metadata: { [POOL_KEY]: pool.name },
  };
}

/** A subject to which nobody publishes. */
const unpublished = (stream: string): string => `new.${stream}`;

function isNotFound(thrown: unknown): boolean {
  return thrown instanceof JetStreamApiError && NOT_FOUND.has(thrown.code);
}
