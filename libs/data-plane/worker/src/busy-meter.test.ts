import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock } from "@penstock/testing";
import { BusyMeter } from "./busy-meter.ts";

test("requests in hand add up over time, those that still run too", () => {
  const clock = new ManualClock();
  let running = 0;
  const meter = new BusyMeter(clock, () => running);
  const run = (count: number, ms: number): void => {
    running = count;
    meter.changed();
    clock.advance(ms);
  };
  run(0, 1000);
  run(1, 10);
  run(3, 100);
  assert.equal(meter.totalMs, 310);
  run(0, 500);
  assert.equal(meter.totalMs, 310);
});
