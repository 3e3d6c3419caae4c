import assert from "node:assert/strict";
import test from "node:test";
import { ManualClock } from "@penstock/testing";
import { PacedAnswers } from "./paced-answers.ts";

const RATE = 20_000;

const answer = () => ({
  over: false,
  sent: 0,
  ended: false,
  writeNow(bytes: Buffer) {
    this.sent += bytes.length;
  },
  endNow() {
    this.ended = true;
  },
});

function given() {
  const clock = new ManualClock();
  const paced = new PacedAnswers(clock, () => RATE);
  return { clock, paced };
}

test("an answer goes out at the group's rate, and ends behind its last byte", () => {
  const { clock, paced } = given();
  const one = answer();
  paced.write(one, Buffer.alloc(15_000));
  paced.write(one, Buffer.alloc(5000));
  paced.end(one);
  clock.advance(500);
  assert.deepEqual([one.sent, one.ended], [10_000, false]);
  clock.advance(550);
  assert.deepEqual([one.sent, one.ended], [20_000, true]);
  assert.equal(clock.pendingTimers, 0);
});

test("answers share the rate", () => {
  const { clock, paced } = given();
  const [one, other] = [answer(), answer()];
  paced.write(one, Buffer.alloc(100_000));
  paced.write(other, Buffer.alloc(2000));
  paced.end(other);
  clock.advance(300);
  assert.equal(other.ended, true);
  assert.equal(one.sent + other.sent, 6000);
});

test("what is left of an answer whose client is gone is forgotten", () => {
  const { clock, paced } = given();
  const one = answer();
  paced.write(one, Buffer.alloc(100_000));
  one.over = true;
  clock.advance(100);
  assert.deepEqual([one.sent, one.ended, clock.pendingTimers], [0, false, 0]);
});

test("nothing is saved up while nothing is sent", () => {
  const { clock, paced } = given();
  const one = answer();
  clock.advance(10_000);
  paced.write(one, Buffer.alloc(100_000));
  clock.advance(50);
  assert.equal(one.sent, 1000);
});
