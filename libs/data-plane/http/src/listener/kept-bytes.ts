// Bytes that have to wait for their client. What comes from a worker is a view into a message, and a message may
// carry the answers of many requests: a few bytes that wait would keep all of it.

/** The same bytes, in memory of their own where they would keep more than as much again. */
export function keptBytes(bytes: Buffer): Buffer {
  const pinsMore = bytes.length * 2 < bytes.buffer.byteLength;
  return pinsMore ? Buffer.from(Uint8Array.from(bytes).buffer) : bytes;
}
