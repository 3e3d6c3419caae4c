import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock } from "@penstock/testing";
import { RefusalLog } from "./refusal-log.ts";

test("the first refusal of a pool for a reason is written at once", () => {
  const log = new RefusalLog(() => 0);
  assert.equal(log.admit("shop", "QueueFull"), 1);
  assert.equal(log.admit("shop", "Timer_ReqQueue"), 1);
  assert.equal(log.admit("blog", "QueueFull"), 1);
});

test("further ones within a second are counted into the next line", () => {
  const clock = new ManualClock();
  const log = new RefusalLog(() => clock.now());
  log.admit("shop", "QueueFull");
  for (let i = 0; i < 500; i++) assert.equal(log.admit("shop", "QueueFull"), 0);
  clock.advance(1000);
  assert.equal(log.admit("shop", "QueueFull"), 501);
  assert.equal(log.admit("shop", "QueueFull"), 0);
});
