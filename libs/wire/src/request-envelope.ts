// A request as it lies in the queue: one compact binary message. The head is one Latin-1 text of lines
// (a header field can hold neither CR nor LF, RFC 9110 §5.5), because a native join and a native split
// are the cheapest codec that JavaScript has; the body bytes that were already there follow it.
//
//   offset  size
//   0       1     version
//   1       1     flags (RequestFlag)
//   2       2     attempt, from 1
//   4       4     exchange: the listener's number for this attempt
//   8       8     deadline, epoch milliseconds as float64, 0 = none
//   16      4     length of the head text
//   20      n     head text: listener, method, target, remote address, remote port, local address,
//                 local port, then name, value, name, value, …
//   20+n          body bytes

/** Version of the envelope that this code writes and reads. */
export const ENVELOPE_VERSION = 1;

/** Bits of the flags byte. */
export const RequestFlag = {
  /** The rest of the body comes in frames once the request is claimed. */
  bodyFollows: 1,
  /** The taker must not start before the listener granted it. */
  grantRequired: 2,
  /** The client's connection is TLS. */
  encrypted: 4,
  /** The client spoke HTTP/1.0. */
  http10: 8,
  /** The client wants to leave HTTP (RFC 9110 §7.8); the body is what it sent behind the head already. */
  upgrade: 16,
} as const;

/** Bytes before the head text. */
export const ENVELOPE_HEADER = 20;

/** Lines of the head text before the header fields. */
const FIXED_LINES = 7;

/** What {@link encodeRequest} writes besides text and body. */
export interface EnvelopeNumbers {
  readonly flags: number;
  readonly attempt: number;
  readonly exchange: number;
  readonly deadlineMs: number;
}

/** A request taken from the queue. */
export interface RequestEnvelope extends EnvelopeNumbers {
  readonly listener: string;
  readonly method: string;
  readonly target: string;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localAddress: string;
  readonly localPort: number;
  /** name, value, … */
  readonly rawHeaders: string[];
  /** The body bytes that rode along; undefined when none did. A view into the message. */
  readonly body: Uint8Array | undefined;
}

/** One envelope. `text` is the head text, Latin-1, lines joined by "\n". */
export function encodeRequest(
  numbers: EnvelopeNumbers,
  text: string,
  body: Uint8Array | undefined,
): Buffer {
  const size = ENVELOPE_HEADER + text.length;
  const message = Buffer.allocUnsafe(body === undefined ? size : size + body.length);
  message[0] = ENVELOPE_VERSION;
  message[1] = numbers.flags;
  message.writeUInt16LE(numbers.attempt, 2);
  message.writeUInt32LE(numbers.exchange, 4);
  message.writeDoubleLE(numbers.deadlineMs, 8);
  message.writeUInt32LE(text.length, 16);
  message.write(text, ENVELOPE_HEADER, "latin1");
  if (body !== undefined) message.set(body, size);
  return message;
}

/** Reads an envelope, or says what is wrong with it. `message` is kept by the result's body. */
export function decodeRequest(message: Uint8Array): RequestEnvelope | MalformedEnvelope {
  const bytes = Buffer.from(message.buffer, message.byteOffset, message.byteLength);
  if (bytes.length < ENVELOPE_HEADER) return { malformed: "shorter than its fixed part" };
  if (bytes[0] !== ENVELOPE_VERSION)
    return { malformed: `version ${bytes[0]}, this worker reads ${ENVELOPE_VERSION}` };
  const textEnd = ENVELOPE_HEADER + bytes.readUInt32LE(16);
  if (textEnd > bytes.length) return { malformed: "head text longer than the message" };
  const lines = bytes.toString("latin1", ENVELOPE_HEADER, textEnd).split("\n");
  if (lines.length < FIXED_LINES || (lines.length - FIXED_LINES) % 2 !== 0)
    return { malformed: `${lines.length} head lines` };
  const [listener, method, target, remoteAddress, remotePort, localAddress, localPort] =
    lines as Fixed;
  return {
    flags: bytes[1] ?? 0,
    attempt: bytes.readUInt16LE(2),
    exchange: bytes.readUInt32LE(4),
    deadlineMs: bytes.readDoubleLE(8),
    listener,
    method,
    target,
    remoteAddress,
    remotePort: Number(remotePort),
    localAddress,
    localPort: Number(localPort),
    rawHeaders: lines.slice(FIXED_LINES),
    body: textEnd < bytes.length ? bytes.subarray(textEnd) : undefined,
  };
}

/** The exchange of an envelope; 0 when it is too short to be one. */
export function exchangeOf({ buffer, byteOffset, byteLength }: Uint8Array): number {
  if (byteLength < ENVELOPE_HEADER) return 0;
  return new DataView(buffer, byteOffset).getUint32(4, true);
}

/** Why a message is no envelope. */
export interface MalformedEnvelope {
  readonly malformed: string;
}

type Fixed = [string, string, string, string, string, string, string];
