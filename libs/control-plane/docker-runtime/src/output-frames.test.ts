import assert from "node:assert/strict";
import { test } from "node:test";
import { OutputFrames } from "./output-frames.ts";

function frame(stream: number, text: string): Buffer {
  const head = Buffer.alloc(8);
  head[0] = stream;
  head.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([head, Buffer.from(text)]);
}

const bytes = Buffer.concat([frame(1, "one\n"), frame(2, "zwö"), frame(0, "in"), frame(1, "")]);

for (const size of [1, 3, 7, 8, 9, 1000]) {
  test(`output comes whole and in its stream, in blocks of ${size} bytes`, () => {
    const told = { stdout: "", stderr: "" };
    const frames = new OutputFrames((stream, content) => {
      told[stream] += content.toString("latin1");
    });
    for (let at = 0; at < bytes.length; at += size) frames.push(bytes.subarray(at, at + size));
    assert.equal(told.stdout, "one\n");
    assert.equal(Buffer.from(told.stderr, "latin1").toString(), "zwö");
  });
}
