import assert from "node:assert/strict";
import { test } from "node:test";
import { ObservedWorkerProcess } from "./observed-worker-process.ts";

test("what a worker finished is counted from its second report on", () => {
  const process = {
    id: "app-1",
    pool: "app",
    generation: "1",
    pid: 1,
    startedAt: 0,
    suspended: false,
  };
  const worker = new ObservedWorkerProcess(process);
  assert.equal(worker.report({ running: 5, taken: 1005 }), 0, "another controller counted it");
  assert.equal(worker.report({ running: 7, taken: 1010 }), 3);
  assert.equal(worker.report({ running: 0, taken: 1010 }), 7);
  assert.equal(worker.report({ running: 0, taken: 0 }), 0, "a count that goes back is none");
});
