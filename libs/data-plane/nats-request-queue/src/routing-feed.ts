// What the controller wrote into the routing bucket, followed live with the least rights there are: a core
// subscription on the bucket's subjects for changes, a direct get for the state of before. No consumer.
//
// A message on these subjects is a hint and nothing more: that it came does not mean that the bucket took it,
// nor that the controller sent it. What holds is read from the bucket, at once, and once more a little later,
// because messages before the first read, or lost with a broken connection, must not matter. However many
// hints come, one read is under way at a time.

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

/** Least time between two reads that hints ask for, milliseconds. */
const PAUSE_MS = 10;
/** How long after a change the bucket is read again, milliseconds. */
const CONFIRM_MS = 300;
/** How long to wait for a bucket that does not exist yet, milliseconds. */
const RETRY_MS = 100;
/** Keys of a page. (What is asked for by name is refused as a whole where there are more than 1,024.) */
const PAGE_KEYS = 1000;
/** How long a page may take, milliseconds. */
const ANSWER_MS = 2000;

/** Takes what the bucket says. */
export interface RoutingFeedReceiver {
  table(record: RoutingRecord): void;
  state(pool: string, state: PoolState): void;
  /** Something could not be read; what was before stays in force. */
  failed(what: string, cause: unknown): void;
}

interface Page {
  readonly messages: readonly (readonly [subject: string, message: Msg])[];
  readonly next: number | undefined;
}

/** Follows the routing bucket until it is disposed of. */
export class RoutingFeed implements Disposable {
  readonly #link: NatsLink;
  readonly #receiver: RoutingFeedReceiver;
  readonly #unsubscribe: () => void;
  #confirmPlanned = false;
  #reading = false;
  #hintedMeanwhile = false;
  #seen = new Map<string, string>();
  #disposed = false;

  private constructor(link: NatsLink, receiver: RoutingFeedReceiver) {
    this.#link = link;
    this.#receiver = receiver;
    this.#unsubscribe = link.subscribe(`${SUBJECT}>`, () => {
      this.#readAgain();
      this.#confirmLater();
    });
    link.watch({ disconnected: () => {}, reconnected: () => this.#readAgain() });
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

  #confirmLater(): void {
    if (this.#confirmPlanned) return;
    this.#confirmPlanned = true;
    systemClock.after(CONFIRM_MS, () => {
      this.#confirmPlanned = false;
      this.#readAgain();
    });
  }

  /** Reads now; when a read is under way, once more after it. */
  #readAgain(): void {
    if (this.#disposed) return;
    if (this.#reading) {
      this.#hintedMeanwhile = true;
      return;
    }
    this.#reading = true;
    this.#read()
      .catch((thrown: unknown) => this.#receiver.failed("reading the routing bucket", thrown))
      .finally(() => systemClock.after(PAUSE_MS, () => this.#readDone()));
  }

  #readDone(): void {
    this.#reading = false;
    if (!this.#hintedMeanwhile) return;
    this.#hintedMeanwhile = false;
    this.#readAgain();
  }

  /**
   * Reads all keys, a page at a time: what changes meanwhile moves behind what was read and is met there. False when
   * the table is not there yet.
   */
  async #read(): Promise<boolean> {
    let found = false;
    let next: number | undefined = 1;
    while (next !== undefined && !this.#disposed) {
      const page = await this.#readPage(next);
      for (const [subject, message] of page.messages) {
        if (this.#disposed) break;
        this.#apply(subject, message);
        if (subject === SUBJECT + ROUTING_KEY) found = true;
      }
      next = page.next;
    }
    return found;
  }

  /** What the bucket holds from this sequence on; `next` is where it goes on, if it does. */
  async #readPage(from: number): Promise<Page> {
    const messages: [string, Msg][] = [];
    let last = from;
    try {
      const answers = await this.#link.connection.requestMany(
        DIRECT_GET,
        JSON.stringify({ seq: from, next_by_subj: `${SUBJECT}>`, batch: PAGE_KEYS }),
        { strategy: "timer", maxWait: ANSWER_MS },
      );
      for await (const message of answers) {
        const { headers } = message;
        // A status is the broker's own word: the page has ended. A key that was purged is empty, and is none.
        if (headers !== undefined && headers.code > 0) {
          const left = Number(headers.get("Nats-Num-Pending") || "0");
          return { messages, next: left > 0 && messages.length > 0 ? last + 1 : undefined };
        }
        const subject = headers?.get("Nats-Subject");
        if (!subject) continue;
        messages.push([subject, message]);
        last = Number(headers?.get("Nats-Sequence"));
      }
    } catch {
      // No responders: the bucket does not exist yet.
    }
    return { messages, next: undefined };
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
