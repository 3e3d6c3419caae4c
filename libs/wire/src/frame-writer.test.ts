// Where frames are cut into messages. The broker's client keeps what it was given until it has sent it, so
// a message must never change after it was handed over.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { FRAME_BODY_MAX, FrameWriter } from "./frame-writer.ts";
import { FRAME_HEADER, readFrames } from "./frame.ts";

const SLAB = 64 * 1024;
const one = { kind: 1, flags: 0, number16: 0, exchange: 1, take: 1 };

function writing(): { writer: FrameWriter; messages: Uint8Array[] } {
  const messages: Uint8Array[] = [];
  return { writer: new FrameWriter((message) => messages.push(message)), messages };
}

test("nothing is sent before the flush, and one message after it", () => {
  const { writer, messages } = writing();
  assert.equal(writer.empty, true);
  writer.signal(one);
  writer.credit({ ...one, kind: 2 }, 4_000_000_000);
  writer.text({ ...one, kind: 3 }, "A\né");
  writer.head({ ...one, kind: 4 }, "OK", Buffer.of(9));
  assert.equal(writer.empty, false);
  assert.equal(messages.length, 0);
  writer.flush();
  assert.equal(writer.empty, true);
  assert.equal(messages.length, 1);
  const payloads: string[] = [];
  const visitor = {
    frame: ({ payload }: { payload: Buffer }) => payloads.push(payload.toString("hex")),
  };
  assert.ok(readFrames(messages[0]!, visitor));
  assert.deepEqual(payloads, ["", "00286bee", "410ae9", "020000004f4b09"]);
});

test("a flush of nothing sends nothing", () => {
  const { writer, messages } = writing();
  writer.flush();
  writer.signal(one);
  writer.flush();
  writer.flush();
  assert.equal(messages.length, 1);
});

test("what is discarded is never sent, and what comes after it is", () => {
  const { writer, messages } = writing();
  writer.signal({ ...one, take: 1 });
  writer.discard();
  assert.equal(writer.empty, true);
  writer.signal({ ...one, take: 2 });
  writer.flush();
  assert.deepEqual(takes(messages), [2]);
});

test("a frame that fills the slab to its last byte goes with those before it", () => {
  const { writer, messages } = writing();
  writer.signal({ ...one, take: 1 });
  writer.bytes({ ...one, take: 2 }, new Uint8Array(SLAB - 2 * FRAME_HEADER));
  assert.equal(messages.length, 0);
  writer.flush();
  assert.deepEqual(
    messages.map(({ length }) => length),
    [SLAB],
  );
});

test("a frame that is one byte too long for the slab opens the next message", () => {
  const { writer, messages } = writing();
  writer.signal({ ...one, take: 1 });
  writer.bytes({ ...one, take: 2 }, new Uint8Array(SLAB - 2 * FRAME_HEADER + 1));
  writer.flush();
  assert.deepEqual(
    messages.map(({ length }) => length),
    [FRAME_HEADER, SLAB - FRAME_HEADER + 1],
  );
  assert.deepEqual(takes(messages), [1, 2]);
});

test("a frame longer than a slab is a message of its own", () => {
  const { writer, messages } = writing();
  writer.signal({ ...one, take: 1 });
  writer.bytes({ ...one, take: 2 }, new Uint8Array(FRAME_BODY_MAX));
  writer.signal({ ...one, take: 3 });
  writer.flush();
  assert.deepEqual(
    messages.map(({ length }) => length),
    [FRAME_HEADER, FRAME_HEADER + FRAME_BODY_MAX, FRAME_HEADER],
  );
  assert.deepEqual(takes(messages), [1, 2, 3]);
});

test("messages keep frames, their order and their bytes, whatever is written and flushed when", () => {
  const size = fc.oneof(fc.nat(100), fc.integer({ min: SLAB - 200, max: SLAB + 200 }));
  const step = fc.oneof(fc.constant("flush" as const), size);
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const { writer, messages } = writing();
      let last = 0;
      for (const each of steps) {
        if (each === "flush") writer.flush();
        else writer.bytes({ ...one, take: ++last }, new Uint8Array(each).fill(last));
      }
      writer.flush();
      const seen: number[] = [];
      for (const message of messages) {
        let frames = 0;
        const whole = readFrames(message, {
          frame: ({ take, payload }) => {
            frames++;
            seen.push(take);
            assert.ok(payload.every((byte) => byte === take));
          },
        });
        assert.ok(whole && (message.length <= SLAB || frames === 1));
      }
      assert.deepEqual(
        seen,
        Array.from({ length: last }, (_, index) => index + 1),
      );
    }),
    { numRuns: 60 },
  );
});

function takes(messages: readonly Uint8Array[]): number[] {
  const seen: number[] = [];
  for (const message of messages)
    assert.ok(readFrames(message, { frame: ({ take }) => seen.push(take) }));
  return seen;
}
