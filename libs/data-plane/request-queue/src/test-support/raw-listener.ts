// A listener's end of the protocol, spoken by hand: tests of the worker's side say with it what a listener
// says, and see each frame.

import {
  encodeRequest,
  FrameWriter,
  HeadFlag,
  readFrames,
  readHead,
  readTrailers,
  ToListener,
  ToWorker,
  type FrameCursor,
} from "@penstock/wire";
import type { InMemoryConnection } from "../in-memory-connection.ts";
import type { InMemoryRequestDispatch } from "../in-memory-request-dispatch.ts";
import type { ListenerReceiver, PublishRefusal, WorkerAddress } from "../transport.ts";

/** What a worker said. */
export interface SaidFrame {
  readonly kind: string;
  readonly flags: number;
  readonly exchange: number;
  readonly take: number;
  readonly status: number;
  readonly lines: readonly string[];
  readonly payload: Buffer;
  readonly end: boolean;
}

const kinds = Object.entries(ToListener).map(([name, kind]) => [kind, name] as const);
const nameOfKind = new Map<number, string>(kinds);

/** A listener without a protocol of its own. */
export class RawListener implements ListenerReceiver {
  readonly said: SaidFrame[] = [];
  messages = 0;
  readonly refusals: PublishRefusal[] = [];
  address: WorkerAddress | undefined;
  readonly #port: InMemoryRequestDispatch;
  readonly #pool: string;
  #held: Uint8Array[] | undefined;

  constructor(port: InMemoryRequestDispatch, pool: string) {
    this.#port = port;
    this.#pool = pool;
    port.attach(this);
  }

  get connection(): InMemoryConnection {
    return this.#port.connection;
  }

  /** The kinds of what was said, in order. */
  get saidKinds(): string[] {
    return this.said.map(({ kind }) => kind);
  }

  /** Puts a request into the queue. */
  publish(
    exchange: number,
    request: { flags?: number; body?: Uint8Array; target?: string; deadlineMs?: number } = {},
  ): void {
    const { flags = 0, body, target = `/${exchange}`, deadlineMs = 0 } = request;
    const lines = [this.#port.name, "GET", target, "192.0.2.1", "5000", "192.0.2.2", "80"];
    const numbers = { flags, attempt: 1, exchange, deadlineMs };
    this.#port.publish(this.#pool, exchange, encodeRequest(numbers, lines.join("\n"), body), true);
  }

  /** Puts bytes that are no request into the queue. */
  publishBytes(bytes: Uint8Array): void {
    this.#port.publish(this.#pool, 0, bytes, true);
  }

  grant(to: SaidFrame): void {
    this.frame(to, ToWorker.grant);
  }

  refuse(to: SaidFrame): void {
    this.frame(to, ToWorker.refuse);
  }

  cancel(to: SaidFrame): void {
    this.frame(to, ToWorker.cancel);
  }

  body(to: SaidFrame, bytes: Uint8Array): void {
    this.frame(to, ToWorker.body, bytes);
  }

  end(to: SaidFrame, trailers = ""): void {
    this.frame(to, ToWorker.end, Buffer.from(trailers));
  }

  credit(to: SaidFrame, bytes: number): void {
    const count = Buffer.alloc(4);
    count.writeUInt32LE(bytes);
    this.frame(to, ToWorker.credit, count);
  }

  /** Any frame at all, one message. */
  frame(
    { exchange, take }: Pick<SaidFrame, "exchange" | "take">,
    kind: number,
    payload: Uint8Array = new Uint8Array(0),
  ): void {
    const writer = new FrameWriter((message) => this.say(message));
    writer.bytes({ kind, flags: 0, number16: 0, exchange, take }, payload);
    writer.flush();
  }

  /** Any bytes at all, to the worker that spoke last. */
  say(message: Uint8Array): void {
    if (this.#held) this.#held.push(message);
    else if (this.address) this.#port.send(this.address, message);
  }

  /** What is said meanwhile is one message. */
  together(speak: () => void): void {
    this.#held = [];
    speak();
    const message = Buffer.concat(this.#held);
    this.#held = undefined;
    this.say(message);
  }

  frames(worker: WorkerAddress, message: Uint8Array): void {
    this.address = worker;
    this.messages++;
    readFrames(message, { frame: (frame) => this.said.push(readSaid(frame)) });
  }

  published(): void {}

  refused(_exchange: number, refusal: PublishRefusal): void {
    this.refusals.push(refusal);
  }

  disconnected(): void {}

  reconnected(): void {}
}

function readSaid({ kind, flags, exchange, take, number16, payload }: FrameCursor): SaidFrame {
  const head = kind === ToListener.head ? readHead(payload) : undefined;
  return {
    kind: nameOfKind.get(kind) ?? String(kind),
    flags,
    exchange,
    take,
    status: number16,
    lines: head?.lines ?? (kind === ToListener.end ? readTrailers(payload) : []),
    payload: Buffer.from(head?.body ?? payload),
    end: kind === ToListener.end || (head !== undefined && (flags & HeadFlag.end) !== 0),
  };
}
