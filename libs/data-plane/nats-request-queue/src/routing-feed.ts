// What the controller wrote into the routing bucket, followed live with the least rights there are: a core
// subscription on the bucket's subjects for changes, a direct get for the state of before. No consumer.
//
// A change is applied from its own message, at once. A little later the whole bucket is read once more,
// because messages before the first read, or lost with a broken connection, must not matter.

import { systemClock } from "@penstock/foundation";
import type { NatsLink } from "@penstock/nats-connection";
import {
  decodePoolState,
  decodeRoutingRecord,
  nameOfToken,
  ROUTING_BUCKET,
  ROUTING_KEY,
  type PoolState,
  type RoutingRecord,
} from "@penstock/wire";
import type { Msg } from "@nats-io/nats-core";

const SUBJECT = `$KV.${ROUTING_BUCKET}.`;
const DIRECT_GET = `$JS.API.DIRECT.GET.KV_${ROUTING_BUCKET}`;
const POOL_KEY = "pool.";
const STARTED: PoolState = { state: "started" };

/** How long after a change the bucket is read again, milliseconds. */
const CONFIRM_MS = 300;
/** How long to wait for a bucket that does not exist yet, milliseconds. */
const RETRY_MS = 100;
/** How long an answer may take, milliseconds. */
const ANSWER_MS = 2000;

/** Takes what the bucket says. */
export interface RoutingFeedReceiver {
  table(record: RoutingRecord): void;
  state(pool: string, state: PoolState): void;
  /** Something could not be read; what was before stays in force. */
  failed(what: string, cause: unknown): void;
}

/** Follows the routing bucket until it is disposed of. */
export class RoutingFeed implements Disposable {
  readonly #link: NatsLink;
  readonly #receiver: RoutingFeedReceiver;
  readonly #unsubscribe: () => void;
  #confirmPlanned = false;
  #seen = new Map<string, string>();
  #disposed = false;

  private constructor(link: NatsLink, receiver: RoutingFeedReceiver) {
    this.#link = link;
    this.#receiver = receiver;
    this.#unsubscribe = link.subscribe(`${SUBJECT}>`, (message) => {
      this.#apply(message.subject, message);
      this.#confirmLater(CONFIRM_MS);
    });
    link.watch({ disconnected: () => {}, reconnected: () => this.#confirmLater(0) });
  }

  /** Resolves once the table was read for the first time. Waits for a controller to write it. */
  static async follow(link: NatsLink, receiver: RoutingFeedReceiver): Promise<RoutingFeed> {
    const feed = new RoutingFeed(link, receiver);
    await link.connection.flush();
    while (!(await feed.#read())) await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    return feed;
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    this.#unsubscribe();
  }

  #confirmLater(delayMs: number): void {
    if (this.#confirmPlanned) return;
    this.#confirmPlanned = true;
    systemClock.after(delayMs, () => {
      this.#confirmPlanned = false;
      if (this.#disposed) return;
      this.#read().catch((thrown: unknown) =>
        this.#receiver.failed("reading the routing bucket", thrown),
      );
    });
  }

  /** Reads all keys. False when the table is not there yet. */
  async #read(): Promise<boolean> {
    const answers = await this.#link.connection.requestMany(
      DIRECT_GET,
      JSON.stringify({ multi_last: [`${SUBJECT}>`] }),
      { strategy: "sentinel", maxWait: ANSWER_MS },
    );
    let found = false;
    try {
      for await (const message of answers) {
        const subject = message.headers?.get("Nats-Subject");
        if (!subject) continue;
        this.#apply(subject, message);
        if (subject === SUBJECT + ROUTING_KEY) found = true;
      }
    } catch {
      // No responders: the bucket does not exist yet.
      return false;
    }
    return found;
  }

  #apply(subject: string, message: Msg): void {
    const key = subject.slice(SUBJECT.length);
    const gone =
      message.headers?.get("KV-Operation") !== undefined &&
      message.headers.get("KV-Operation") !== "";
    const text = gone ? "" : message.string();
    if (this.#seen.get(key) === text) return;
    try {
      if (key === ROUTING_KEY && !gone) this.#receiver.table(decodeRoutingRecord(message.data));
      else if (key.startsWith(POOL_KEY)) {
        this.#receiver.state(
          nameOfToken(key.slice(POOL_KEY.length)),
          gone ? STARTED : decodePoolState(message.data),
        );
      }
      this.#seen.set(key, text);
    } catch (thrown) {
      this.#receiver.failed(`routing bucket key ${key}`, thrown);
    }
  }
}
