// What counts as a gap in hearing workers.

import assert from "node:assert/strict";
import test from "node:test";
import { ManualClock } from "@penstock/testing";
import { Attention } from "./attention.ts";

function attend(): {
  clock: ManualClock;
  attention: Attention;
  link: { connected: boolean };
  sleep: (ms: number) => void;
} {
  const clock = new ManualClock();
  const link = { connected: true };
  let asleep = 0;
  const attention = new Attention({
    clock,
    now: () => clock.now() + asleep,
    connected: () => link.connected,
  });
  return { clock, attention, link, sleep: (ms) => void (asleep += ms) };
}

test("a controller that runs and is connected listens since its start", () => {
  const { clock, attention } = attend();
  clock.advance(3_600_000);
  assert.equal(attention.since, 0);
});

test("a controller that did not run listens since it runs again, asked before its timer or after", () => {
  for (const advance of [0, 1_000]) {
    const { clock, attention, sleep } = attend();
    clock.advance(10_000);
    sleep(60_000);
    clock.advance(advance);
    assert.equal(attention.since, 70_000 + advance);
    clock.advance(10_000);
    assert.equal(attention.since, 70_000 + advance);
  }
});

test("a timer that is a little late is no gap", () => {
  const { clock, attention, sleep } = attend();
  clock.advance(10_000);
  sleep(900);
  clock.advance(1_000);
  assert.equal(attention.since, 0);
});

test("while the connection is broken nothing is heard, and afterwards only what comes then", () => {
  const { clock, attention, link } = attend();
  clock.advance(10_000);
  link.connected = false;
  clock.advance(30_000);
  assert.equal(attention.since, 40_000);
  link.connected = true;
  clock.advance(60_000);
  assert.equal(attention.since, 40_000);
});

test("after its stop no timer is left", () => {
  const { clock, attention } = attend();
  attention[Symbol.dispose]();
  clock.advance(10_000);
  assert.equal(clock.pendingTimers, 0);
});
