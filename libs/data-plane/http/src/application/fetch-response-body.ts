// The body of a fetch Response, read with backpressure: one read at a time, each after the last one went
// out. What is there by the next tick is read before the head goes out, so that a small answer is one
// message; what comes later does not keep the head waiting.

/** Most bytes that are read before the head goes out, 64 KiB. */
const earlyMax = 65_536;

type ReadResult = Awaited<ReturnType<ReadableStreamDefaultReader<Uint8Array>["read"]>>;

/** Reads one body. A body that is longer than its Content-Length ends there; a shorter one is an error. */
export class FetchResponseBody {
  /** Everything was read. */
  complete = false;
  /** Bytes read so far. */
  length = 0;

  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #announced: number;
  #next: Promise<ReadResult> | undefined;

  constructor(body: ReadableStream<Uint8Array>, announced: number | undefined) {
    this.#reader = body.getReader();
    this.#announced = announced ?? Number.POSITIVE_INFINITY;
  }

  /** What is there by the next tick; it may be nothing. */
  async readEarly(): Promise<Uint8Array[]> {
    const pieces: Uint8Array[] = [];
    while (!this.complete && this.length < earlyMax) {
      this.#next ??= this.#readOn();
      const part = await Promise.race([this.#next, nextTick()]);
      if (part === undefined) break;
      this.#next = undefined;
      this.#take(part, pieces);
    }
    return pieces;
  }

  /** The next piece, however long it takes; none at the end. */
  async readNext(): Promise<Uint8Array[]> {
    const pieces: Uint8Array[] = [];
    const part = await (this.#next ?? this.#reader.read());
    this.#next = undefined;
    this.#take(part, pieces);
    return pieces;
  }

  /** Nobody wants the rest. */
  cancel(reason: unknown): void {
    this.#reader.cancel(reason).catch(() => {});
  }

  /** A failure is met where the read is awaited, which may be after the window opened again. */
  #readOn(): Promise<ReadResult> {
    const next = this.#reader.read();
    next.catch(() => {});
    return next;
  }

  #take(part: ReadResult, pieces: Uint8Array[]): void {
    if (part.done) {
      this.complete = true;
      const missing = Number.isFinite(this.#announced) ? this.#announced - this.length : 0;
      if (missing > 0)
        throw new Error(`the body ended ${missing} bytes short of its Content-Length`);
      return;
    }
    if (!(part.value instanceof Uint8Array)) {
      throw new TypeError("the body of a Response must consist of bytes (Uint8Array)");
    }
    const room = this.#announced - this.length;
    const piece = part.value.length > room ? part.value.subarray(0, room) : part.value;
    this.length += piece.length;
    if (piece.length > 0) pieces.push(piece);
  }
}

function nextTick(): Promise<undefined> {
  return new Promise((resolve) => process.nextTick(resolve, undefined));
}
