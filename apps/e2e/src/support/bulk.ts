// Bytes in bulk: the same at both ends, different in every block, so that one that is lost, doubled or
// swapped changes the hash.

import { createHash } from "node:crypto";

const BLOCK_BYTES = 65_536;

/** So many bytes, block by block. */
export function* bulk(bytes: number): Generator<Buffer> {
  const block = createHash("sha512").update("bulk").digest();
  const filled = Buffer.alloc(BLOCK_BYTES, block);
  for (let sent = 0; sent < bytes; sent += BLOCK_BYTES) {
    const next = Buffer.from(filled.subarray(0, Math.min(BLOCK_BYTES, bytes - sent)));
    if (next.length >= 8) next.writeDoubleLE(sent, 0);
    yield next;
  }
}

/** SHA-256 of a stream, in hexadecimal. */
export async function hashOf(
  stream: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of stream) hash.update(chunk);
  return hash.digest("hex");
}
