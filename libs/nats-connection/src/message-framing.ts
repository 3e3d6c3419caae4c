// The broker's byte stream, cut where its messages end. What follows a cut is parsed without a copy: the client's
// parser puts together what a read has cut in two, into a buffer that it clears and grows as it goes, and a read of
// a busy stream cuts every message of a large body in two.

const LINE_FEED = 0x0a;
const ZERO = 0x30;
/** First letters of `MSG` and `HMSG`, the lines that a payload follows. */
const MSG = 0x4d;
const HMSG = 0x48;
/** Behind a payload: CR and LF. */
const PAYLOAD_END = 2;

/**
 * Turns reads into pieces that begin and end with a message or a control line of the
 * {@link https://docs.nats.io/reference/reference-protocols/nats-protocol | NATS protocol}. Only what a read has cut is
 * copied, once, into a buffer of its size.
 */
export class MessageFraming {
  /** A message of which a part has come, and how much of it. */
  #message: Buffer | undefined;
  #filled = 0;
  /** The beginning of a control line whose end has not come. */
  #line: Buffer | undefined;

  /** Calls `take` with each whole piece that this read completes, in order. The read's memory is kept in them. */
  push(read: Buffer, take: (piece: Uint8Array) => void): void {
    let at = this.#line ? this.#completeLine(read, this.#line) : 0;
    if (this.#message) {
      at = this.#fill(this.#message, read, at);
      if (this.#filled < this.#message.length) return;
      take(this.#message);
      this.#message = undefined;
    }
    const start = at;
    while (at < read.length) {
      const lineEnd = read.indexOf(LINE_FEED, at) + 1;
      if (lineEnd === 0) {
        this.#line = Buffer.from(read.subarray(at));
        break;
      }
      const end = lineEnd + payloadSize(read, at, lineEnd);
      if (end > read.length) {
        this.#message = Buffer.allocUnsafeSlow(end - at);
        this.#filled = read.copy(this.#message, 0, at);
        break;
      }
      at = end;
    }
    if (at > start) take(read.subarray(start, at));
  }

  /** Ends the line that a read has cut, and makes it the beginning of a message. Returns how far the read is used. */
  #completeLine(read: Buffer, begun: Buffer): number {
    const lineEnd = read.indexOf(LINE_FEED) + 1;
    const line = Buffer.concat([begun, lineEnd === 0 ? read : read.subarray(0, lineEnd)]);
    if (lineEnd === 0) {
      this.#line = line;
      return read.length;
    }
    this.#line = undefined;
    this.#message = Buffer.allocUnsafeSlow(line.length + payloadSize(line, 0, line.length));
    this.#filled = line.copy(this.#message);
    return lineEnd;
  }

  #fill(message: Buffer, read: Buffer, at: number): number {
    const end = Math.min(read.length, at + message.length - this.#filled);
    this.#filled += read.copy(message, this.#filled, at, end);
    return end;
  }
}

/** How many bytes follow the control line that ends before `lineEnd`, with the CR and LF behind them. */
function payloadSize(bytes: Buffer, lineStart: number, lineEnd: number): number {
  const first = bytes[lineStart];
  if (first !== MSG && first !== HMSG) return 0;
  let size = 0;
  let scale = 1;
  // The last number of the line, from behind its CR.
  for (let i = lineEnd - 3; i > lineStart; i--) {
    const digit = (bytes[i] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) break;
    size += digit * scale;
    scale *= 10;
  }
  return size + PAYLOAD_END;
}
