import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock } from "@penstock/testing";
import { CLAIM_WAIT_MS, STALL_LIMIT_MS } from "./limits.ts";
import { StallDetector } from "./stall-detector.ts";

/** A clock whose timers do not fire while its process stands still. */
class StallingClock extends ManualClock {
  #frozenFor = 0;

  override now(): number {
    return super.now() + this.#frozenFor;
  }

  stall(ms: number): void {
    this.#frozenFor += ms;
  }
}

test("a process that runs is not stalled", () => {
  const clock = new StallingClock();
  const detector = new StallDetector(clock);
  for (let turns = 0; turns < 100; turns++) {
    clock.advance(50);
    assert.equal(detector.stalled, false);
  }
});

test("what is read first after a stall is suspect, before any timer fired", () => {
  const clock = new StallingClock();
  const detector = new StallDetector(clock);
  clock.advance(1000);
  clock.stall(STALL_LIMIT_MS + 101);
  assert.equal(detector.stalled, true);
});

test("what is read within a claim wait after a stall is suspect, and later no more", () => {
  const clock = new StallingClock();
  const detector = new StallDetector(clock);
  clock.stall(STALL_LIMIT_MS + 101);
  clock.advance(200);
  assert.equal(detector.stalled, true);
  clock.advance(CLAIM_WAIT_MS - 300);
  assert.equal(detector.stalled, true);
  clock.advance(400);
  assert.equal(detector.stalled, false);
});

test("a short pause is no stall", () => {
  const clock = new StallingClock();
  const detector = new StallDetector(clock);
  clock.stall(STALL_LIMIT_MS - 200);
  assert.equal(detector.stalled, false);
});

test("a detector that was stopped leaves no timer", () => {
  const clock = new ManualClock();
  const detector = new StallDetector(clock);
  detector.stop();
  clock.advance(1000);
  assert.equal(clock.pendingTimers, 0);
});

test("a process that begins anew is not suspected of what it was before", () => {
  const clock = new StallingClock();
  const detector = new StallDetector(clock);
  clock.stall(STALL_LIMIT_MS + 101);
  assert.equal(detector.stalled, true);
  detector.restart();
  assert.equal(detector.stalled, false);
  clock.advance(200);
  assert.equal(detector.stalled, false, "nor by the timer that is overdue");
});
