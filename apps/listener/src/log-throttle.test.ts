import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock } from "@penstock/testing";
import { LogThrottle } from "./log-throttle.ts";

test("the first line about each thing is written at once", () => {
  const throttle = new LogThrottle(() => 0);
  assert.equal(throttle.admit("shop QueueFull"), 1);
  assert.equal(throttle.admit("blog QueueFull"), 1);
});

test("further ones within a second are counted into the next line", () => {
  const clock = new ManualClock();
  const throttle = new LogThrottle(() => clock.now());
  throttle.admit("shop QueueFull");
  for (let i = 0; i < 500; i++) assert.equal(throttle.admit("shop QueueFull"), 0);
  clock.advance(1000);
  assert.equal(throttle.admit("shop QueueFull"), 501);
  assert.equal(throttle.admit("shop QueueFull"), 0);
});
