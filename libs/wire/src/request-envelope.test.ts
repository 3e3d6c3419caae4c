// The envelope is what it was, and bytes that are none are told apart: a queue may hold what another
// version wrote.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import {
  decodeRequest,
  encodeRequest,
  ENVELOPE_HEADER,
  ENVELOPE_VERSION,
  RequestFlag,
  type RequestEnvelope,
} from "./request-envelope.ts";

const line = fc.string({
  unit: fc
    .integer({ min: 0, max: 255 })
    .filter((code) => code !== 10)
    .map((code) => String.fromCharCode(code)),
});
const port = fc.integer({ min: 0, max: 65_535 });

const envelope: fc.Arbitrary<RequestEnvelope> = fc.record(
  {
    flags: fc.integer({ min: 0, max: 255 }),
    attempt: fc.integer({ min: 0, max: 65_535 }),
    exchange: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    deadlineMs: fc.double({ min: 0, noNaN: true }),
    listener: line,
    method: line,
    target: line,
    remoteAddress: line,
    remotePort: port,
    localAddress: line,
    localPort: port,
    rawHeaders: fc.array(fc.tuple(line, line)).map((fields) => fields.flat()),
    body: fc.option(fc.uint8Array({ minLength: 1 }), { nil: undefined }),
  },
  { noNullPrototype: true },
);

function encode(request: RequestEnvelope): Buffer {
  const { listener, method, target, remoteAddress, remotePort, localAddress, localPort } = request;
  const fixed = [listener, method, target, remoteAddress, remotePort, localAddress, localPort];
  return encodeRequest(request, [...fixed, ...request.rawHeaders].join("\n"), request.body);
}

test("an envelope is read as it was written", () => {
  fc.assert(
    fc.property(envelope, (request) => {
      const read = decodeRequest(encode(request));
      assert.ok(!("malformed" in read));
      const body = read.body === undefined ? undefined : Uint8Array.from(read.body);
      assert.deepEqual({ ...read, body }, request);
    }),
  );
});

test("an empty body is no body", () => {
  const text = "l\nGET\n/\n192.0.2.1\n1\n192.0.2.2\n80";
  const numbers = { flags: RequestFlag.bodyFollows, attempt: 1, exchange: 7, deadlineMs: 0 };
  const read = decodeRequest(encodeRequest(numbers, text, new Uint8Array(0)));
  assert.ok(!("malformed" in read));
  assert.equal(read.body, undefined);
  assert.deepEqual(read.rawHeaders, []);
  assert.equal(read.flags, RequestFlag.bodyFollows);
});

test("the body is a view into the message, not a copy", () => {
  const message = encode({
    ...fc.sample(envelope, { seed: 1, numRuns: 1 })[0]!,
    body: Buffer.of(1),
  });
  const read = decodeRequest(message);
  assert.ok(!("malformed" in read));
  assert.equal(read.body?.buffer, message.buffer);
});

test("an envelope inside a larger buffer is read from its own first byte", () => {
  fc.assert(
    fc.property(envelope, fc.nat(40), (request, before) => {
      const message = encode(request);
      const larger = Buffer.concat([Buffer.alloc(before, 0xff), message]);
      const view = new Uint8Array(larger.buffer, larger.byteOffset + before, message.length);
      assert.deepEqual(decodeRequest(view), decodeRequest(message));
    }),
  );
});

test("arbitrary bytes never throw", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void decodeRequest(bytes)));
  const withVersion = fc.uint8Array({ maxLength: 200 }).map((bytes) => {
    if (bytes.length > 0) bytes[0] = ENVELOPE_VERSION;
    if (bytes.length >= ENVELOPE_HEADER) bytes.fill(0, 17, 20);
    return bytes;
  });
  fc.assert(fc.property(withVersion, (bytes) => void decodeRequest(bytes)));
});

test("an envelope that is cut inside its head is told", () => {
  fc.assert(
    fc.property(envelope, fc.double({ min: 0, max: 1, noNaN: true }), (request, part) => {
      const message = encode({ ...request, body: undefined });
      const cut = message.subarray(0, Math.floor(part * (message.length - 1)));
      assert.ok("malformed" in decodeRequest(cut));
    }),
  );
});

test("each fault is told in words", () => {
  const good = encodeRequest(
    { flags: 0, attempt: 1, exchange: 1, deadlineMs: 0 },
    "l\nGET\n/\na\n1\nb\n2",
    undefined,
  );
  assert.deepEqual(decodeRequest(good.subarray(0, 19)), {
    malformed: "shorter than its fixed part",
  });
  const other = Buffer.from(good);
  other[0] = 9;
  assert.deepEqual(decodeRequest(other), { malformed: "version 9, this worker reads 1" });
  const long = Buffer.from(good);
  long.writeUInt32LE(good.length, 16);
  assert.deepEqual(decodeRequest(long), { malformed: "head text longer than the message" });
  const numbers = { flags: 0, attempt: 1, exchange: 1, deadlineMs: 0 };
  const lines = (count: number) =>
    decodeRequest(
      encodeRequest(numbers, Array.from({ length: count }, () => "x").join("\n"), undefined),
    );
  assert.deepEqual(lines(6), { malformed: "6 head lines" });
  assert.deepEqual(lines(8), { malformed: "8 head lines" });
});
