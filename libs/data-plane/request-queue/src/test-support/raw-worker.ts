// A worker's end of the protocol, spoken by hand: tests of the listener's side say with it what a good, a
// dead or a hostile worker could say.

import {
  ClaimFlag,
  decodeRequest,
  FrameWriter,
  HeadFlag,
  readFrames,
  ToListener,
  ToWorker,
  type FrameCursor,
  type RequestEnvelope,
} from "@penstock/wire";
import type { InMemoryConnection } from "../in-memory-connection.ts";
import type { InMemoryRequestReceiver } from "../in-memory-request-receiver.ts";
import type { WorkerReceiver } from "../transport.ts";

/** A request that the raw worker took. */
export interface RawTake {
  readonly envelope: RequestEnvelope;
  readonly take: number;
}

/** What a listener said about one take. */
export interface HeardFrame {
  readonly kind: string;
  readonly exchange: number;
  readonly take: number;
  readonly payload: Buffer;
}

const kinds = Object.entries(ToWorker).map(([name, kind]) => [kind, name] as const);
const nameOfKind = new Map<number, string>(kinds);

/** A worker without a protocol of its own. */
export class RawWorker implements WorkerReceiver {
  readonly takes: RawTake[] = [];
  readonly heard: HeardFrame[] = [];
  /** Messages, however many frames are in each. */
  messages = 0;
  unansweredCount = 0;
  readonly #port: InMemoryRequestReceiver;
  #lastTake = 0;

  constructor(port: InMemoryRequestReceiver) {
    this.#port = port;
    port.attach(this);
  }

  get connection(): InMemoryConnection {
    return this.#port.connection;
  }

  /** The kinds of what was heard, in order. */
  get heardKinds(): string[] {
    return this.heard.map(({ kind }) => kind);
  }

  pull(count: number): void {
    this.#port.pull(count);
  }

  claim(taken: RawTake, flags = 0): void {
    this.frame(taken, ToListener.claim, { flags });
  }

  /** A claim that waits for a grant. */
  ask(taken: RawTake): void {
    this.claim(taken, ClaimFlag.asks);
  }

  head(
    taken: RawTake,
    head: { status?: number; text?: string; body?: string; end?: boolean } = {},
  ) {
    const { status = 200, text = "OK", body = "", end = false } = head;
    const flags = end ? HeadFlag.end : 0;
    this.#send(taken, (writer, numbers) =>
      writer.head(
        { ...numbers, kind: ToListener.head, flags, number16: status },
        text,
        Buffer.from(body),
      ),
    );
  }

  body(taken: RawTake, bytes: Uint8Array | string): void {
    this.frame(taken, ToListener.body, { payload: Buffer.from(bytes) });
  }

  end(taken: RawTake, trailers = ""): void {
    this.frame(taken, ToListener.end, { payload: Buffer.from(trailers) });
  }

  /** An answer before the answer: name, value, … as lines. */
  interim(taken: RawTake, status: number, text: string): void {
    this.#send(taken, (writer, numbers) =>
      writer.text({ ...numbers, kind: ToListener.interim, number16: status }, text),
    );
  }

  credit(taken: RawTake, bytes: number): void {
    this.#send(taken, (writer, numbers) =>
      writer.credit({ ...numbers, kind: ToListener.credit }, bytes),
    );
  }

  /** Any frame at all, one message. */
  frame(
    taken: RawTake,
    kind: number,
    rest: { flags?: number; payload?: Uint8Array; exchange?: number; take?: number } = {},
  ): void {
    const { flags = 0, payload = new Uint8Array(0), ...numbers } = rest;
    this.#send(taken, (writer, own) => writer.bytes({ ...own, ...numbers, kind, flags }, payload));
  }

  /** Any bytes at all. */
  say(listener: string, message: Uint8Array): void {
    this.#port.send(listener, message);
  }

  delivered(message: Uint8Array): void {
    const envelope = decodeRequest(message);
    if ("malformed" in envelope) throw new Error(envelope.malformed);
    this.takes.push({ envelope, take: ++this.#lastTake });
  }

  unanswered(count: number): void {
    this.unansweredCount += count;
  }

  frames(message: Uint8Array): void {
    this.messages++;
    readFrames(message, {
      frame: ({ kind, exchange, take, payload }: FrameCursor) => {
        const name = nameOfKind.get(kind) ?? String(kind);
        this.heard.push({ kind: name, exchange, take, payload: Buffer.from(payload) });
      },
    });
  }

  disconnected(): void {}

  reconnected(): void {}

  #send(
    { envelope, take }: RawTake,
    write: (
      writer: FrameWriter,
      numbers: { kind: number; flags: number; number16: number; exchange: number; take: number },
    ) => void,
  ): void {
    const writer = new FrameWriter((message) => this.#port.send(envelope.listener, message));
    write(writer, { kind: 0, flags: 0, number16: 0, exchange: envelope.exchange, take });
    writer.flush();
  }
}
