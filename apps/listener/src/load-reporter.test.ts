import assert from "node:assert/strict";
import test from "node:test";
import { PoolQueue } from "@penstock/request-queue";
import { ManualClock } from "@penstock/testing";
import type { ListenerLoad } from "@penstock/wire";
import { givenRoute } from "./given-route.ts";
import { LoadReporter } from "./load-reporter.ts";

function givenReporter() {
  const clock = new ManualClock();
  const pools = [new PoolQueue(givenRoute("a")), new PoolQueue(givenRoute("b"))] as const;
  const sent: ListenerLoad[] = [];
  const reporter = new LoadReporter(
    clock,
    () => pools,
    (load) => sent.push(load),
  );
  return { clock, pools, sent, reporter };
}

test("a first change is reported in the same turn of the clock", () => {
  const { clock, pools, sent, reporter } = givenReporter();
  const [a] = pools;
  a.waiting.size = 2;
  a.running.size = 1;
  reporter.changed(a);
  clock.advance(0);
  assert.deepEqual(sent, [{ complete: false, pools: [{ pool: "a", waiting: 2, running: 1 }] }]);
});

test("further changes are collected for 50 ms and reported as they are then", () => {
  const { clock, pools, sent, reporter } = givenReporter();
  const [a, b] = pools;
  reporter.changed(a);
  clock.advance(0);
  for (let i = 1; i <= 100; i++) {
    a.waiting.size = i;
    reporter.changed(a);
  }
  reporter.changed(b);
  clock.advance(49);
  assert.equal(sent.length, 1);
  clock.advance(1);
  assert.deepEqual(sent[1], {
    complete: false,
    pools: [
      { pool: "a", waiting: 100, running: 0 },
      { pool: "b", waiting: 0, running: 0 },
    ],
  });
});

test("a change after a quiet time is reported at once again", () => {
  const { clock, pools, sent, reporter } = givenReporter();
  reporter.changed(pools[0]);
  clock.advance(1000);
  reporter.changed(pools[0]);
  clock.advance(0);
  assert.equal(sent.length, 2);
});

test("every five seconds all that is not at zero is reported, asked or not", () => {
  const { clock, pools, sent } = givenReporter();
  pools[1].running.size = 3;
  clock.advance(4999);
  assert.deepEqual(sent, []);
  clock.advance(1);
  const complete = { complete: true, pools: [{ pool: "b", waiting: 0, running: 3 }] };
  assert.deepEqual(sent, [complete]);
  pools[1].running.size = 0;
  clock.advance(5000);
  assert.deepEqual(sent[1], { complete: true, pools: [] });
});
