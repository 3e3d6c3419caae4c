import assert from "node:assert/strict";
import { test } from "node:test";
import { ObservedWorkerProcess } from "./observed-worker-process.ts";

test("what a worker did is counted from its second report on", () => {
  const process = {
    id: "app-1",
    pool: "app",
    generation: "1",
    pid: 1,
    startedAt: 0,
    suspended: false,
  };
  const worker = new ObservedWorkerProcess(process);
  const report = (running: number, taken: number, busyMs: number) => {
    const { finished, busyMs: busy } = worker.report({ running, taken, busyMs });
    return [finished, busy];
  };
  assert.deepEqual(report(5, 1005, 700), [0, 0], "another controller counted it");
  assert.deepEqual(report(7, 1010, 900), [3, 200]);
  assert.deepEqual(report(0, 1010, 950), [7, 50]);
  assert.deepEqual(report(0, 0, 0), [0, 0], "counts that go back are none");
});
