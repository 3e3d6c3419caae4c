// A worker with genuine credentials of its pool that says whatever it likes: the protocol's frames by hand.

import type { NatsLink } from "@penstock/nats-connection";
import { JetStreamRequestReceiver } from "@penstock/nats-request-queue";
import {
  ClaimFlag,
  decodeRequest,
  HeadFlag,
  readFrames,
  subjectToken,
  ToListener,
  ToWorker,
  type RequestEnvelope,
} from "@penstock/wire";
import type { OperatorBroker } from "@penstock/operator-broker";

/** A request that it took. */
export interface Taken {
  readonly envelope: RequestEnvelope;
}

/** What a frame is about. */
export interface About {
  readonly listener: string;
  readonly exchange: number;
  readonly take: number;
}

/** The take that it names of what it holds. */
const TAKE = 7;

/** One hostile worker. */
export class HostileWorker implements AsyncDisposable {
  readonly taken: Taken[] = [];
  /** Kinds of what a listener said to it. */
  readonly heard: string[] = [];
  /** Bytes of request bodies that it was sent. */
  bodyBytes = 0;
  /** Requests that it asked for. */
  #wanted = 0;
  readonly #link: NatsLink;
  readonly #port: JetStreamRequestReceiver;

  private constructor(link: NatsLink, port: JetStreamRequestReceiver) {
    this.#link = link;
    this.#port = port;
    port.attach({
      delivered: (message) => this.#delivered(message),
      // A pull lives for half a second, and what it is for may take longer to come.
      unanswered: (count) => {
        if (this.taken.length < this.#wanted) this.#port.pull(count);
      },
      frames: (message) => this.#heardFrames(message),
      disconnected: () => {},
      reconnected: () => {},
    });
  }

  static async start(broker: OperatorBroker, pool: string, id: string): Promise<HostileWorker> {
    const link = await broker.connectWorker(pool, id);
    const names = { pool, worker: id, inbox: `_W.${subjectToken(id)}.pull` };
    const worker = new HostileWorker(link, new JetStreamRequestReceiver(link, names));
    await link.connection.flush();
    return worker;
  }

  /** Asks its queue for this many requests, until they come or it rests. */
  pull(count = 1): void {
    this.#wanted += count;
    this.#port.pull(count);
  }

  /** Asks for no more: a pull that was given up while it was being answered may be open twice. */
  async stopPulling(): Promise<void> {
    this.#wanted = 0;
    await this.#port.stopPulling();
  }

  /** What a frame about this request names. */
  about({ envelope: { listener, exchange } }: Taken): About {
    return { listener, exchange, take: TAKE };
  }

  /** Claims, as a worker does. */
  claim(taken: Taken): void {
    this.frame(this.about(taken), ToListener.claim, { flags: ClaimFlag.asks });
  }

  /** A head: `text` is reason phrase, name, value, … as lines. */
  head(
    about: About,
    head: { status?: number; text?: string; body?: string; end?: boolean } = {},
  ): void {
    const { status = 200, text = "OK", body = "", end = false } = head;
    const length = Buffer.alloc(4);
    length.writeUInt32LE(text.length);
    const payload = Buffer.concat([length, Buffer.from(text, "latin1"), Buffer.from(body)]);
    this.frame(about, ToListener.head, {
      flags: end ? HeadFlag.end : 0,
      number16: status,
      payload,
    });
  }

  body(about: About, bytes: string | Buffer): void {
    this.frame(about, ToListener.body, { payload: Buffer.from(bytes) });
  }

  end(about: About, trailers = ""): void {
    this.frame(about, ToListener.end, { payload: Buffer.from(trailers, "latin1") });
  }

  credit(about: About, bytes: number): void {
    const payload = Buffer.alloc(4);
    payload.writeUInt32LE(bytes);
    this.frame(about, ToListener.credit, { payload });
  }

  /** Any frame, in a message of its own. */
  frame(
    about: About,
    kind: number,
    rest: { flags?: number; number16?: number; payload?: Buffer } = {},
  ): void {
    this.say(about.listener, frameOf(about, kind, rest));
  }

  /** Any bytes at all. */
  say(listener: string, message: Uint8Array): void {
    this.#port.send(listener, message);
  }

  /** Resolves when the broker has everything that was said. */
  async flush(): Promise<void> {
    await this.#link.connection.flush();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#link.connection.close();
  }

  #delivered(message: Uint8Array): void {
    const envelope = decodeRequest(message);
    if ("malformed" in envelope) throw new Error(envelope.malformed);
    this.taken.push({ envelope });
  }

  #heardFrames(message: Uint8Array): void {
    readFrames(message, {
      frame: ({ kind, payload }) => {
        const name = Object.entries(ToWorker).find(([, number]) => number === kind)?.[0];
        this.heard.push(name ?? String(kind));
        if (kind === ToWorker.body) this.bodyBytes += payload.length;
      },
    });
  }
}

/** The bytes of one frame. */
export function frameOf(
  { exchange, take }: Pick<About, "exchange" | "take">,
  kind: number,
  rest: { flags?: number; number16?: number; payload?: Buffer } = {},
): Buffer {
  const { flags = 0, number16 = 0, payload = Buffer.alloc(0) } = rest;
  const header = Buffer.alloc(16);
  header.writeUInt32LE(payload.length, 0);
  header.writeUInt8(kind, 4);
  header.writeUInt8(flags, 5);
  header.writeUInt16LE(number16, 6);
  header.writeUInt32LE(exchange, 8);
  header.writeUInt32LE(take, 12);
  return Buffer.concat([header, payload]);
}
