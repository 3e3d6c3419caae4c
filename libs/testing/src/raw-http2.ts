// For tests: an HTTP/2 client that sends the frames that it is told to, also those that no client may send.

import type { TLSSocket } from "node:tls";

/** Frame types (RFC 9113 §6). */
export const Frame = {
  data: 0,
  headers: 1,
  priority: 2,
  rstStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

/** Flags of frames. */
export const Flag = { endStream: 1, ack: 1, endHeaders: 4 } as const;

/** One frame. */
export function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** Fields without an index and without Huffman codes (RFC 7541 §6.2.2). */
export function fieldBlock(fields: readonly (readonly [name: string, value: string])[]): Buffer {
  return Buffer.concat(
    fields.flatMap(([name, value]) => [Buffer.of(0), literal(name), literal(value)]),
  );
}

function literal(text: string): Buffer {
  const bytes = Buffer.from(text, "latin1");
  const length = [Math.min(bytes.length, 127)];
  for (let rest = bytes.length - 127; rest >= 0; rest = Math.floor(rest / 128)) {
    if (rest < 128) {
      length.push(rest);
      break;
    }
    length.push((rest % 128) + 128);
  }
  return Buffer.concat([Buffer.from(length), bytes]);
}

/** The fields of a GET. */
export const GET: readonly (readonly [string, string])[] = [
  [":method", "GET"],
  [":scheme", "https"],
  [":authority", "shop.example"],
  [":path", "/"],
];

/** A connection that was opened as it should be. */
export class RawHttp2 {
  readonly socket: TLSSocket;
  /** Frames that came, as type, stream and payload. */
  readonly came: { type: number; stream: number; payload: Buffer }[] = [];
  readonly ended: Promise<void>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(socket: TLSSocket) {
    this.socket = socket;
    this.ended = new Promise((resolve) => void socket.once("close", () => resolve()));
    socket.on("error", () => {});
    socket.on("data", (chunk: Buffer) => this.#read(chunk));
    socket.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    this.send(frame(Frame.settings, 0, 0, Buffer.alloc(0)));
  }

  send(...frames: readonly Buffer[]): void {
    if (!this.socket.destroyed) this.socket.write(Buffer.concat(frames));
  }

  /** The error codes of GOAWAY frames that came. */
  get goaways(): number[] {
    return this.came
      .filter(({ type }) => type === Frame.goaway)
      .map(({ payload }) => payload.readUInt32BE(4));
  }

  /** The error codes of RST_STREAM frames that came. */
  get resets(): number[] {
    return this.came
      .filter(({ type }) => type === Frame.rstStream)
      .map(({ payload }) => payload.readUInt32BE(0));
  }

  #read(chunk: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    while (this.#rest.length >= 9) {
      const end = 9 + this.#rest.readUIntBE(0, 3);
      if (this.#rest.length < end) return;
      const [type = 0] = this.#rest.subarray(3, 4);
      this.came.push({
        type,
        stream: this.#rest.readUInt32BE(5),
        payload: this.#rest.subarray(9, end),
      });
      this.#rest = this.#rest.subarray(end);
    }
  }
}
