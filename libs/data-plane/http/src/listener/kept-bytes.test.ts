import assert from "node:assert/strict";
import { test } from "node:test";
import { keptBytes } from "./kept-bytes.ts";

const message = Buffer.from(new ArrayBuffer(65_536)).fill("x");

test("a few bytes of a large message do not keep it", () => {
  const kept = keptBytes(message.subarray(100, 200));
  assert.equal(kept.toString(), "x".repeat(100));
  assert.equal(kept.buffer.byteLength, 100);
});

test("what is most of its message is not copied", () => {
  const most = message.subarray(16);
  assert.equal(keptBytes(most), most);
});
