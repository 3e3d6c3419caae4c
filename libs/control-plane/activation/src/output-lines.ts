// Cuts a stream of bytes into lines of text. Pure. A line ends with LF or CR LF; a longer line than the
// port allows comes in pieces; what is left without a line end is told when the stream is over.

import { outputLineLengthMax } from "./worker-runtime.ts";

// So many bytes without a line end are told before one comes: enough for a piece of the longest kind
// (three bytes of UTF-8 per UTF-16 unit), so memory stays bounded whatever a worker prints.
const pendingBytesMax = outputLineLengthMax * 3;

const lineFeed = 0x0a;

/** One stream of output on its way from bytes to lines. */
export class OutputLines {
  readonly #tell: (line: string) => void;
  #pending: Buffer = Buffer.alloc(0);
  /** True when the beginning of the pending line was told already. */
  #begun = false;

  constructor(tell: (line: string) => void) {
    this.#tell = tell;
  }

  /** Bytes that were taken and not told yet. */
  get pendingBytes(): number {
    return this.#pending.length;
  }

  /** Takes the next bytes and tells the lines that they complete. `block` is not kept. */
  push(block: Buffer): void {
    const bytes = this.#pending.length === 0 ? block : Buffer.concat([this.#pending, block]);
    let from = 0;
    for (let to = bytes.indexOf(lineFeed); to !== -1; to = bytes.indexOf(lineFeed, from)) {
      this.#line(bytes.subarray(from, to));
      from = to + 1;
    }
    while (bytes.length - from > pendingBytesMax) {
      const to = characterStart(bytes, from + pendingBytesMax);
      this.#pieces(bytes.toString("utf8", from, to));
      this.#begun = true;
      from = to;
    }
    this.#pending = Buffer.from(bytes.subarray(from));
  }

  /** The stream is over: tells an unfinished last line. */
  end(): void {
    if (this.#pending.length > 0) this.#line(this.#pending);
    this.#pending = Buffer.alloc(0);
  }

  #line(bytes: Buffer): void {
    const text = bytes.toString("utf8");
    const line = text.endsWith("\r") ? text.slice(0, -1) : text;
    // The rest of a line that was told in pieces may be empty; an empty line is not.
    if (line !== "" || !this.#begun) this.#pieces(line);
    this.#begun = false;
  }

  #pieces(text: string): void {
    let rest = text;
    while (rest.length > outputLineLengthMax) {
      const last = rest.charCodeAt(outputLineLengthMax - 1);
      const splitsPair = last >= 0xd800 && last <= 0xdbff;
      const to = splitsPair ? outputLineLengthMax - 1 : outputLineLengthMax;
      this.#tell(rest.slice(0, to));
      rest = rest.slice(to);
    }
    this.#tell(rest);
  }
}

// The start of the UTF-8 character that the byte at `index` belongs to. A character has at most four
// bytes; what has more continuation bytes is no UTF-8 and is cut where it comes.
function characterStart(bytes: Buffer, index: number): number {
  for (let back = 0; back < 4; back++) {
    if (((bytes[index - back] ?? 0) & 0xc0) !== 0x80) return index - back;
  }
  return index;
}
