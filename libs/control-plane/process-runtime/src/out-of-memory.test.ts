import assert from "node:assert/strict";
import { test } from "node:test";
import { OutOfMemoryCount } from "./out-of-memory.ts";

test("an abort after V8's last words was want of memory, an exit in order was not", () => {
  const count = new OutOfMemoryCount();
  const facts = { killed: false, heapExhausted: true };
  assert.equal(count.ended({ ...facts, signal: "SIGABRT" }), true);
  assert.equal(count.ended({ ...facts, signal: null }), false);
});

test("a kill is no want of memory while the kernel's count stands still or we sent it", async () => {
  const count = new OutOfMemoryCount();
  await count.refresh();
  const facts = { signal: "SIGKILL", heapExhausted: false };
  assert.equal(count.ended({ ...facts, killed: false }), false);
  assert.equal(count.ended({ ...facts, killed: true }), false);
});
