// The controller's own words come back as they were written; what is no JSON is a failure of the world,
// for the caller to report.

import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeJson } from "./reports.ts";
import { decodePoolState, decodeRoutingRecord } from "./routing-record.ts";

test("a routing record and a pool state are read as they were written", () => {
  const record = { version: 1, pools: [] };
  assert.deepEqual(decodeRoutingRecord(encodeJson(record)), record);
  const state = { state: "offline", detail: "five crashes" };
  assert.deepEqual(decodePoolState(encodeJson(state)), state);
});

test("what is no JSON throws", () => {
  assert.throws(() => decodeRoutingRecord(Buffer.from("{")), SyntaxError);
  assert.throws(() => decodePoolState(new Uint8Array(0)), SyntaxError);
});
