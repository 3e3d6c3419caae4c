import assert from "node:assert/strict";
import test from "node:test";
import { ManualClock } from "@penstock/testing";
import { ConfigurationWatch } from "./configuration-watch.ts";

/** A watch over a file whose signature the test sets. */
function given() {
  const clock = new ManualClock();
  const seen = { signature: "first", changes: 0 };
  const watch = new ConfigurationWatch({
    file: { signature: () => Promise.resolve(seen.signature) },
    known: "first",
    clock,
    changed: () => seen.changes++,
  });
  /** Lets the watch look so many times. */
  const look = async (times: number): Promise<void> => {
    for (let i = 0; i < times; i++) {
      clock.advance(500);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { clock, seen, watch, look };
}

test("a file that stays the same is no change", async () => {
  const { seen, look } = given();
  await look(5);
  assert.equal(seen.changes, 0);
});

test("another file is told once, when it has been the same for two looks", async () => {
  const { seen, look } = given();
  seen.signature = "half";
  await look(1);
  seen.signature = "whole";
  await look(1);
  assert.equal(seen.changes, 0);
  await look(1);
  assert.equal(seen.changes, 1);
  await look(5);
  assert.equal(seen.changes, 1);
});

test("a file that is gone for a moment, while an editor replaces it, is no change by itself", async () => {
  const { seen, look } = given();
  seen.signature = "";
  await look(1);
  seen.signature = "second";
  await look(2);
  assert.equal(seen.changes, 1);
});

test("one that becomes what it was is no change", async () => {
  const { seen, look } = given();
  seen.signature = "other";
  await look(1);
  seen.signature = "first";
  await look(3);
  assert.equal(seen.changes, 0);
});

test("after its disposal nothing is told and no timer is left", async () => {
  const { clock, seen, watch, look } = given();
  seen.signature = "other";
  await look(1);
  watch[Symbol.dispose]();
  await look(3);
  assert.equal(seen.changes, 0);
  assert.equal(clock.pendingTimers, 0);
});
