// Takes the frames apart in which the engine sends what a container writes: 8 bytes of head (the stream, 3
// times nothing, the length in 32 bits) and so many bytes. Pure.

import type { OutputStream } from "@penstock/activation";

const headBytes = 8;
const streams: Readonly<Record<number, OutputStream>> = { 1: "stdout", 2: "stderr" };

/** Cuts a stream of bytes into pieces of output. What a frame holds is passed on as it comes. */
export class OutputFrames {
  readonly #tell: (stream: OutputStream, bytes: Buffer) => void;
  #head: Buffer = Buffer.alloc(0);
  #stream: OutputStream | undefined;
  #left = 0;

  constructor(tell: (stream: OutputStream, bytes: Buffer) => void) {
    this.#tell = tell;
  }

  /** Takes the next bytes. */
  push(block: Buffer): void {
    let rest = block;
    while (rest.length > 0) rest = this.#left > 0 ? this.#content(rest) : this.#beginning(rest);
  }

  #content(bytes: Buffer): Buffer {
    const content = bytes.subarray(0, this.#left);
    this.#left -= content.length;
    if (this.#stream) this.#tell(this.#stream, content);
    return bytes.subarray(content.length);
  }

  #beginning(bytes: Buffer): Buffer {
    const missing = headBytes - this.#head.length;
    const head = Buffer.concat([this.#head, bytes.subarray(0, missing)]);
    if (head.length < headBytes) {
      this.#head = head;
    } else {
      this.#head = Buffer.alloc(0);
      this.#stream = streams[head[0] ?? 0];
      this.#left = head.readUInt32BE(4);
    }
    return bytes.subarray(missing);
  }
}
