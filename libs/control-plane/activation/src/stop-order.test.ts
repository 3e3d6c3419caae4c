// Walks the order and the table of stop-order.ts.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { inStopOrder, surplusWorkers } from "./stop-order.ts";
import { aWorker } from "./test-support/test-builders.ts";

const ids = (workers: readonly { readonly id: string }[]): string =>
  workers.map(({ id }) => id).join(" ");

describe("The stop order", () => {
  it("puts idle before busy, starting before ready, young before old, few requests before many", () => {
    const workers = [
      aWorker("busy-many", { running: 7, startedAt: 50 }),
      aWorker("busy-few-old", { running: 2, startedAt: 10 }),
      aWorker("busy-few-young", { running: 2, startedAt: 20 }),
      aWorker("idle-old", { startedAt: 10 }),
      aWorker("idle-young", { startedAt: 20 }),
      aWorker("starting", { phase: "starting", startedAt: 15 }),
    ];
    assert.equal(
      ids(inStopOrder(workers)),
      "starting idle-young idle-old busy-few-young busy-few-old busy-many",
    );
  });

  it("is the same whatever the order of sight", () => {
    const workers = [aWorker("a"), aWorker("b"), aWorker("c")];
    assert.equal(ids(inStopOrder(workers)), ids(inStopOrder(workers.toReversed())));
  });
});

describe("A pool with too many workers", () => {
  const idle = [aWorker("i1", { startedAt: 1 }), aWorker("i2", { startedAt: 2 })];
  const busy = [aWorker("b1", { running: 1 }), aWorker("b2", { running: 2 })];
  const roomy = { maxProcesses: 9, oneLeaves: false };

  it("stops none when it has no more than it keeps", () => {
    assert.equal(ids(surplusWorkers(idle, { ...roomy, workersKept: 2 })), "");
    assert.equal(ids(surplusWorkers(idle, { ...roomy, workersKept: 5 })), "");
  });

  it("stops as many as are over maxProcesses, idle or not", () => {
    const surplus = { maxProcesses: 1, workersKept: 1, oneLeaves: true };
    assert.equal(ids(surplusWorkers([...busy, ...idle], surplus)), "i2 i1 b1");
  });

  it("stops idle ones as far as they go, and no busy one with them", () => {
    assert.equal(ids(surplusWorkers([...busy, ...idle], { ...roomy, workersKept: 3 })), "i2");
    assert.equal(ids(surplusWorkers([...busy, ...idle], { ...roomy, workersKept: 0 })), "i2 i1");
    const surplus = { ...roomy, workersKept: 0, oneLeaves: true };
    assert.equal(ids(surplusWorkers([...busy, ...idle], surplus)), "i2 i1");
  });

  it("stops one busy worker when none is idle", () => {
    assert.equal(ids(surplusWorkers(busy, { ...roomy, workersKept: 0 })), "b1");
  });

  it("stops no busy worker while another one leaves", () => {
    assert.equal(ids(surplusWorkers(busy, { ...roomy, workersKept: 0, oneLeaves: true })), "");
  });
});
