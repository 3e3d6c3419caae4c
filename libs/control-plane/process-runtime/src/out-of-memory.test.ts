import assert from "node:assert/strict";
import { test } from "node:test";
import { OutOfMemoryCount, tellsHeapExhausted } from "./out-of-memory.ts";

const heapLine =
  "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory";

test("V8's last words are known, what an application says about memory is not taken for them", () => {
  assert.ok(tellsHeapExhausted(heapLine));
  assert.ok(!tellsHeapExhausted("JavaScript heap out of memory? Read our guide"));
});

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
