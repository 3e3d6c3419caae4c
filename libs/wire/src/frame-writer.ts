// Collects the frames that go to one address until the turn of the event loop ends. Frames are written
// straight into a slab that is cut into messages and never reused, because the broker's client keeps
// what it was given until it has sent it.

import { FRAME_HEADER } from "./frame.ts";

const SLAB = 64 * 1024;

/** Largest body part of one frame, bytes. Keeps a message far below any broker's payload limit. */
export const FRAME_BODY_MAX = 128 * 1024;

/** The numbers of a frame. */
export interface FrameNumbers {
  readonly kind: number;
  readonly flags: number;
  readonly number16: number;
  readonly exchange: number;
  readonly take: number;
}

/** Writes frames into messages. Each message is handed to `send`; a message is never larger than a slab or one frame. */
export class FrameWriter {
  readonly #send: (message: Uint8Array) => void;
  #slab: Buffer = Buffer.alloc(0);
  #start = 0;
  #end = 0;

  constructor(send: (message: Uint8Array) => void) {
    this.#send = send;
  }

  /** True when nothing waits to be sent. */
  get empty(): boolean {
    return this.#start === this.#end;
  }

  /** A frame without payload. */
  signal(numbers: FrameNumbers): void {
    this.#header(numbers, 0);
  }

  /** A frame that carries a count of bytes. */
  credit(numbers: FrameNumbers, bytes: number): void {
    const at = this.#header(numbers, 4);
    this.#slab.writeUInt32LE(bytes, at);
  }

  /** A frame that carries bytes. */
  bytes(numbers: FrameNumbers, payload: Uint8Array): void {
    const at = this.#header(numbers, payload.length);
    this.#slab.set(payload, at);
  }

  /** A frame that carries Latin-1 text. */
  text(numbers: FrameNumbers, text: string): void {
    const at = this.#header(numbers, text.length);
    this.#slab.write(text, at, "latin1");
  }

  /** A head frame: text and body. */
  head(numbers: FrameNumbers, text: string, body: Uint8Array | undefined): void {
    const at = this.#header(numbers, 4 + text.length + (body?.length ?? 0));
    this.#slab.writeUInt32LE(text.length, at);
    this.#slab.write(text, at + 4, "latin1");
    if (body !== undefined) this.#slab.set(body, at + 4 + text.length);
  }

  /** Hands over what was written since the last flush, as one message. */
  flush(): void {
    if (this.empty) return;
    const message = this.#slab.subarray(this.#start, this.#end);
    this.#start = this.#end;
    this.#send(message);
  }

  /** Forgets what was not sent. */
  discard(): void {
    this.#start = this.#end;
  }

  /** Makes room for a frame, writes its header and returns where its payload begins. */
  #header(numbers: FrameNumbers, payload: number): number {
    const size = FRAME_HEADER + payload;
    if (this.#end + size > this.#slab.length) {
      this.flush();
      this.#slab = Buffer.allocUnsafeSlow(Math.max(SLAB, size));
      this.#start = 0;
      this.#end = 0;
    }
    const at = this.#end;
    const slab = this.#slab;
    slab.writeUInt32LE(payload, at);
    slab[at + 4] = numbers.kind;
    slab[at + 5] = numbers.flags;
    slab.writeUInt16LE(numbers.number16, at + 6);
    slab.writeUInt32LE(numbers.exchange, at + 8);
    slab.writeUInt32LE(numbers.take, at + 12);
    this.#end = at + size;
    return at + FRAME_HEADER;
  }
}
