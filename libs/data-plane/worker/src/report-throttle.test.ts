import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock } from "@penstock/testing";
import type { WorkerReport } from "@penstock/wire";
import { ReportThrottle } from "./report-throttle.ts";

function startThrottle(): {
  clock: ManualClock;
  sent: WorkerReport[];
  throttle: ReportThrottle;
  load: { running: number };
} {
  const clock = new ManualClock();
  const sent: WorkerReport[] = [];
  const load = { running: 0 };
  const throttle = new ReportThrottle(
    clock,
    () => ({ state: "ready", running: load.running, taken: 0, busyMs: 0 }),
    (report) => sent.push(report),
  );
  return { clock, sent, throttle, load };
}

test("a change after a quiet time is reported at once", () => {
  const { clock, sent, throttle, load } = startThrottle();
  load.running = 3;
  throttle.changed();
  clock.advance(0);
  assert.deepEqual(sent, [{ state: "ready", running: 3, taken: 0, busyMs: 0 }]);
});

test("many changes make one report every 50 ms, with the last numbers", () => {
  const { clock, sent, throttle, load } = startThrottle();
  throttle.now();
  for (let running = 1; running <= 100; running++) {
    load.running = running;
    throttle.changed();
  }
  clock.advance(49);
  assert.equal(sent.length, 1);
  clock.advance(1);
  assert.equal(sent.length, 2);
  assert.equal(sent[1]?.running, 100);
});

test("a worker to which nothing happens reports every five seconds", () => {
  const { clock, sent } = startThrottle();
  clock.advance(15_000);
  assert.equal(sent.length, 3);
});

test("after its stop nothing is reported and no timer is left", () => {
  const { clock, sent, throttle } = startThrottle();
  throttle.changed();
  throttle.stop();
  throttle.changed();
  clock.advance(60_000);
  assert.equal(sent.length, 0);
  assert.equal(clock.pendingTimers, 0);
});
