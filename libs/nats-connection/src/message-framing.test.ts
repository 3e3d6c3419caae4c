// Where the broker's byte stream is cut: the client's own parser says whether a piece ends where a message ends.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Kind, Parser, State, type ParserEvent } from "@nats-io/nats-core/internal";
import * as fc from "fast-check";
import { MessageFraming } from "./message-framing.ts";

const subject = fc.stringMatching(/^[a-z0-9.]{1,30}$/);
// Payloads may look like the protocol.
const payload = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  fc
    .constantFrom("MSG a 1 5\r\n", "\r\n", "PING\r\n", "12\r\nHMSG", "")
    .map((text) => Buffer.from(text)),
);
const line = fc.constantFrom(
  "PING\r\n",
  "PONG\r\n",
  "+OK\r\n",
  "-ERR 'no'\r\n",
  'INFO {"a":1}\r\n',
);
const messageOf = (head: string, size: number, ...parts: readonly Uint8Array[]) =>
  Buffer.concat([Buffer.from(`${head} ${size}\r\n`), ...parts, Buffer.from("\r\n")]);
const plain = fc
  .tuple(subject, fc.nat(9999), fc.option(subject), payload)
  .map(([to, id, reply, bytes]) =>
    messageOf(`MSG ${to} ${id}${reply === null ? "" : ` ${reply}`}`, bytes.length, bytes),
  );
const fields = Buffer.from("NATS/1.0\r\nA: b\r\n\r\n");
const withFields = fc
  .tuple(subject, payload)
  .map(([to, bytes]) =>
    messageOf(`HMSG ${to} 7 ${fields.length}`, fields.length + bytes.length, fields, bytes),
  );
const stream = fc
  .array(
    fc.oneof(
      plain,
      withFields,
      line.map((text) => Buffer.from(text)),
    ),
    { maxLength: 20 },
  )
  .map((parts) => Buffer.concat(parts));

/** What the client's parser makes of these pieces. */
function parsed(pieces: readonly Uint8Array[], afterEach = (_parser: Parser) => {}): string[] {
  const events: string[] = [];
  const parser = new Parser({
    push: (event) => {
      const { kind, data, msg } = event as ParserEvent;
      const to = msg && Buffer.from(msg.subject).toString();
      events.push(`${kind} ${to ?? ""} ${Buffer.from(data ?? []).toString("latin1")}`);
    },
  });
  for (const piece of pieces) {
    parser.parse(piece);
    afterEach(parser);
  }
  return events;
}

function framed(reads: readonly Buffer[]): Uint8Array[] {
  const framing = new MessageFraming();
  const pieces: Uint8Array[] = [];
  for (const read of reads) framing.push(read, (piece) => pieces.push(piece));
  return pieces;
}

function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const reads: Buffer[] = [];
  let at = 0;
  for (let i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] ?? 1;
    reads.push(bytes.subarray(at, at + size));
    at += size;
  }
  return reads;
}

test("however the stream is cut into reads, every piece ends with a message, and no byte is lost", () => {
  const sizes = fc.array(
    fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 400 })),
    {
      minLength: 1,
      maxLength: 10,
    },
  );
  fc.assert(
    fc.property(stream, sizes, (bytes, lengths) => {
      const pieces = framed(cut(bytes, lengths));
      assert.deepEqual(Buffer.concat(pieces), bytes);
      const events = parsed(pieces, (parser) => assert.equal(parser.state, State.OP_START));
      assert.deepEqual(events, parsed(bytes.length === 0 ? [] : [bytes]));
    }),
    { numRuns: 1000 },
  );
});

test("what a read holds whole is not copied", () => {
  const read = Buffer.from("PING\r\nMSG a 1 3\r\nabc\r\nMSG b 1 2\r\nde\r\nMSG c");
  const [piece, ...others] = framed([read]);
  assert.equal(others.length, 0);
  assert.equal(piece?.buffer, read.buffer);
  assert.equal(piece.length, read.length - "MSG c".length);
});

test("a message that comes in many reads is put together once, and what follows it in the last is not copied", () => {
  const message = messageOf("MSG a 1", 100_000, Buffer.alloc(100_000, "x"));
  const reads = cut(Buffer.concat([message, Buffer.from("PONG\r\n")]), [30_000]);
  const pieces = framed(reads);
  assert.deepEqual(pieces, [message, Buffer.from("PONG\r\n")]);
  assert.equal(pieces[1]?.buffer, reads.at(-1)?.buffer);
  assert.deepEqual(
    parsed(pieces).map((event) => Number(event[0])),
    [Kind.MSG, Kind.PONG],
  );
});
