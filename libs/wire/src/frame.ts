// Frames: what a worker and a listener say to each other about a taken request. Several frames travel
// in one message, those of one event-loop turn, so that a small answer costs one message with its claim
// in it. All numbers little-endian.
//
//   offset  size
//   0       4     length of the payload
//   4       1     kind
//   5       1     flags
//   6       2     number16 (status of a head, flags' argument elsewhere)
//   8       4     exchange: the listener's number for the attempt
//   12      4     take: the worker's number for it
//   16            payload
//
// Head payload: 4 bytes length of the text, the text (reason phrase, then name, value, … joined by
// "\n", Latin-1), then body bytes. Credits are a 4-byte count of bytes.

/** Bytes before a frame's payload. */
export const FRAME_HEADER = 16;

/** Kinds of frames from a worker to a listener. */
export const ToListener = {
  /** "I took this request." Said again when nothing was heard about it for a while. */
  claim: 1,
  /** The answer's head, with as much body as is there. */
  head: 2,
  body: 3,
  /** The answer is complete; payload: trailer lines. */
  end: 4,
  /** The application consumed bytes of the request body. */
  credit: 5,
  /** The application broke off; payload: detail for the log, UTF-8. */
  reset: 6,
  /**
   * The worker gives the request back. Of exchange 0: whatever it held before its connection broke, the end
   * of an answer that was on its way included.
   */
  abandon: 7,
  /** An answer before the answer (1xx but for 101); payload: name, value, … as lines. */
  interim: 8,
} as const;

/** Kinds of frames from a listener to a worker. */
export const ToWorker = {
  /** "It is yours: start it, or go on." */
  grant: 1,
  /** "It is not yours: do not start it, or stop." */
  refuse: 2,
  body: 3,
  /** The request body is complete; payload: trailer lines. */
  end: 4,
  /** The client consumed bytes of the answer. */
  credit: 5,
  /** The client left, or time is up. */
  cancel: 6,
} as const;

/** Bits of a claim's flags. */
export const ClaimFlag = {
  /** The worker waits for a grant before it starts. */
  asks: 1,
  /** The head of the answer was sent already: a claim that is said again. */
  answering: 2,
} as const;

/** Bits of a head's flags. */
export const HeadFlag = {
  /** The answer is complete with this frame. */
  end: 1,
} as const;

/** Bits of an end's flags. */
export const EndFlag = {
  /** Of a tunnel: nothing more is taken from the client either. */
  bothWays: 1,
} as const;

/** Takes the frames of one message, in order. Views into the message are valid as long as it is. */
export interface FrameVisitor {
  frame(frame: FrameCursor): void;
}

/** The frame that a reader stands on. Reused from frame to frame: copy out what must stay. */
export class FrameCursor {
  kind = 0;
  flags = 0;
  number16 = 0;
  exchange = 0;
  take = 0;
  payload: Buffer = Buffer.alloc(0);
}

const cursor = new FrameCursor();

/** Walks the frames of one message. False when the message is cut or padded: the frames before were visited. */
export function readFrames(message: Uint8Array, visitor: FrameVisitor): boolean {
  const bytes = Buffer.from(message.buffer, message.byteOffset, message.byteLength);
  let at = 0;
  while (at < bytes.length) {
    if (at + FRAME_HEADER > bytes.length) return false;
    const end = at + FRAME_HEADER + bytes.readUInt32LE(at);
    if (end > bytes.length) return false;
    cursor.kind = bytes[at + 4] ?? 0;
    cursor.flags = bytes[at + 5] ?? 0;
    cursor.number16 = bytes.readUInt16LE(at + 6);
    cursor.exchange = bytes.readUInt32LE(at + 8);
    cursor.take = bytes.readUInt32LE(at + 12);
    cursor.payload = bytes.subarray(at + FRAME_HEADER, end);
    visitor.frame(cursor);
    at = end;
  }
  return true;
}

/** A head frame's payload, taken apart. Undefined when its text is longer than the payload. */
export function readHead(
  payload: Buffer,
): { readonly lines: string[]; readonly body: Buffer } | undefined {
  if (payload.length < 4) return undefined;
  const textEnd = 4 + payload.readUInt32LE(0);
  if (textEnd > payload.length) return undefined;
  return {
    lines: payload.toString("latin1", 4, textEnd).split("\n"),
    body: payload.subarray(textEnd),
  };
}

/** Trailer lines of an end frame as name, value, …; empty for none. */
export function readTrailers(payload: Buffer): string[] {
  return payload.length === 0 ? [] : payload.toString("latin1").split("\n");
}
