import assert from "node:assert/strict";
import { test } from "node:test";
import { tellsHeapExhausted } from "./heap-exhausted.ts";

const heapLine =
  "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory";

test("V8's last words are known, what an application says about memory is not taken for them", () => {
  assert.ok(tellsHeapExhausted(heapLine));
  assert.ok(!tellsHeapExhausted("JavaScript heap out of memory? Read our guide"));
});
