import assert from "node:assert/strict";
import { test } from "node:test";
import { DrainRate } from "./drain-rate.ts";

test("a queue of which nothing is known asks for one second", () => {
  assert.equal(new DrainRate().retryAfterSeconds(1000), 1);
});

test("the estimate is what waits over what drained per second, rounded up", () => {
  const rate = new DrainRate();
  rate.claimed(10_000);
  for (let claim = 1; claim <= 20; claim++) rate.claimed(10_000 + claim * 100);
  assert.equal(rate.retryAfterSeconds(100), 10);
  assert.equal(rate.retryAfterSeconds(101), 11);
});

test("the estimate stays within a second and a minute", () => {
  const rate = new DrainRate();
  rate.claimed(10_000);
  rate.claimed(11_000);
  assert.equal(rate.retryAfterSeconds(0), 1);
  assert.equal(rate.retryAfterSeconds(1_000_000), 60);
});

test("the rate follows the last full second", () => {
  const rate = new DrainRate();
  rate.claimed(10_000);
  for (let claim = 1; claim <= 100; claim++) rate.claimed(10_000 + claim * 10);
  const fast = rate.retryAfterSeconds(500);
  for (let claim = 1; claim <= 10; claim++) rate.claimed(11_000 + claim * 100);
  assert.equal(fast, 5);
  assert.equal(rate.retryAfterSeconds(500), 50);
});
