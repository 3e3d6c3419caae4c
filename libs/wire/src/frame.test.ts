// Frames as they are read: a worker is not trusted, so every message must be read to its end or told as
// cut, whatever is in it.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { FrameWriter, type FrameNumbers } from "./frame-writer.ts";
import { FRAME_HEADER, readFrames, readHead, readTrailers, type FrameCursor } from "./frame.ts";

interface ReadFrame extends FrameNumbers {
  readonly payload: Buffer;
}

const numbers: fc.Arbitrary<FrameNumbers> = fc.record(
  {
    kind: fc.integer({ min: 0, max: 255 }),
    flags: fc.integer({ min: 0, max: 255 }),
    number16: fc.integer({ min: 0, max: 65_535 }),
    exchange: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    take: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  },
  { noNullPrototype: true },
);
const frame = fc
  .tuple(numbers, fc.uint8Array({ maxLength: 50 }))
  .map(([header, payload]): ReadFrame => Object.assign(header, { payload: Buffer.from(payload) }));

function message(frames: readonly ReadFrame[]): Uint8Array {
  const messages: Uint8Array[] = [];
  const writer = new FrameWriter((written) => messages.push(written));
  for (const each of frames) writer.bytes(each, each.payload);
  writer.flush();
  return Buffer.concat(messages);
}

function read(bytes: Uint8Array): { whole: boolean; frames: ReadFrame[] } {
  const frames: ReadFrame[] = [];
  const whole = readFrames(bytes, {
    frame: ({ kind, flags, number16, exchange, take, payload }: FrameCursor) =>
      frames.push({ kind, flags, number16, exchange, take, payload: Buffer.from(payload) }),
  });
  return { whole, frames };
}

test("frames are read as they were written, in order", () => {
  fc.assert(
    fc.property(fc.array(frame), (frames) => {
      assert.deepEqual(read(message(frames)), { whole: true, frames });
    }),
  );
});

test("a message that is cut is told, after the frames before the cut", () => {
  fc.assert(
    fc.property(fc.array(frame, { minLength: 1 }), fc.nat(), (frames, at) => {
      const whole = message(frames);
      const cut = whole.subarray(0, at % whole.length);
      const ends = [0];
      for (const { payload } of frames)
        ends.push((ends.at(-1) ?? 0) + FRAME_HEADER + payload.length);
      const complete = ends.filter((end) => end <= cut.length).length - 1;
      assert.deepEqual(read(cut), {
        whole: ends.includes(cut.length),
        frames: frames.slice(0, complete),
      });
    }),
  );
});

test("a message that is padded is told", () => {
  fc.assert(
    fc.property(fc.array(frame), fc.integer({ min: 1, max: FRAME_HEADER - 1 }), (frames, pad) => {
      const padded = Buffer.concat([message(frames), Buffer.alloc(pad)]);
      assert.deepEqual(read(padded), { whole: false, frames });
    }),
  );
});

test("a message without frames is whole: that is what a probe looks like", () => {
  assert.deepEqual(read(new Uint8Array(0)), { whole: true, frames: [] });
});

test("arbitrary bytes never throw", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void read(bytes)));
  const shortLengths = fc.uint8Array({ maxLength: 200 }).map((bytes) => bytes.fill(0, 1, 4));
  fc.assert(fc.property(shortLengths, (bytes) => void read(bytes)));
});

test("a head's payload is read as it was written", () => {
  const text = fc.string({
    unit: fc.integer({ min: 0, max: 255 }).map((c) => String.fromCharCode(c)),
  });
  fc.assert(
    fc.property(numbers, text, fc.option(fc.uint8Array()), (header, lines, body) => {
      const messages: Uint8Array[] = [];
      const writer = new FrameWriter((written) => messages.push(written));
      writer.head(header, lines, body ?? undefined);
      writer.flush();
      const [written] = read(Buffer.concat(messages)).frames;
      assert.ok(written);
      const head = readHead(written.payload);
      assert.deepEqual(head?.lines, lines.split("\n"));
      assert.deepEqual(head?.body, Buffer.from(body ?? []));
    }),
  );
});

test("a head whose text is longer than its payload is none, and arbitrary bytes never throw", () => {
  assert.equal(readHead(Buffer.alloc(3)), undefined);
  assert.equal(readHead(Buffer.of(1, 0, 0, 0)), undefined);
  assert.deepEqual(readHead(Buffer.alloc(4)), { lines: [""], body: Buffer.alloc(0) });
  fc.assert(fc.property(fc.uint8Array(), (bytes) => void readHead(Buffer.from(bytes))));
});

test("trailers are lines, and none are none", () => {
  assert.deepEqual(readTrailers(Buffer.alloc(0)), []);
  assert.deepEqual(readTrailers(Buffer.from("A\n1\nB\n")), ["A", "1", "B", ""]);
});
