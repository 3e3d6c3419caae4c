// Where events are kept: a stream of their own, on disk, bounded in number, size and age. The oldest go first.
// Nobody but the controller reads or writes it.

import type { RecordedEvent } from "@penstock/domain";
import type { NatsLink } from "@penstock/nats-connection";
import { encodeJson, EVENT_STREAM, eventSubject } from "@penstock/wire";
import {
  DiscardPolicy,
  jetstream,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
  type JetStreamClient,
  type JetStreamManager,
} from "@nats-io/jetstream";

const NANOS_PER_MS = 1_000_000;
const MIB = 1024 * 1024;
const DAY_MS = 86_400_000;

/** How long the broker may take to answer, milliseconds. */
const ANSWER_MS = 5000;

/** How much is kept: whichever comes first. */
const AGE_MAX_MS = 30 * DAY_MS;
const BYTES_MAX = 16 * MIB;

/** Events that are kept. */
export const EVENTS_KEPT = 5000;

/** Appends events and reads all that are kept. */
export class EventStore {
  readonly #client: JetStreamClient;
  readonly #manager: JetStreamManager;

  private constructor(client: JetStreamClient, manager: JetStreamManager) {
    this.#client = client;
    this.#manager = manager;
  }

  static async open(link: NatsLink): Promise<EventStore> {
    const manager = await jetstreamManager(link.connection, { timeout: ANSWER_MS });
    await manager.streams.add({
      name: EVENT_STREAM,
      subjects: [eventSubject],
      retention: RetentionPolicy.Limits,
      storage: StorageType.File,
      discard: DiscardPolicy.Old,
      max_msgs: EVENTS_KEPT,
      max_bytes: BYTES_MAX,
      max_age: AGE_MAX_MS * NANOS_PER_MS,
      num_replicas: 1,
      allow_direct: true,
      deny_delete: true,
      deny_purge: true,
    });
    return new EventStore(jetstream(link.connection, { timeout: ANSWER_MS }), manager);
  }

  /** Resolves when the broker has it. An event that is sent twice is kept once. */
  async append(event: RecordedEvent): Promise<void> {
    const msgID = `${event.at} ${event.id}`;
    await this.#client.publish(eventSubject, encodeJson(event), { msgID });
  }

  /** All that are kept, oldest first. */
  async all(): Promise<RecordedEvent[]> {
    const { state } = await this.#manager.streams.info(EVENT_STREAM);
    const events: RecordedEvent[] = [];
    let next = state.first_seq;
    while (state.messages > 0 && next <= state.last_seq) {
      const batch = await this.#manager.direct.getBatch(EVENT_STREAM, {
        seq: next,
        batch: EVENTS_KEPT,
      });
      const before = next;
      for await (const message of batch) {
        events.push(message.json<RecordedEvent>());
        next = message.seq + 1;
      }
      if (next === before) break;
    }
    return events;
  }
}
