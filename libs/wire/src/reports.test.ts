// Reports come from processes that are not trusted: what is no report is none, and nothing throws.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import {
  decodeListenerLoad,
  decodePoolEvent,
  decodeWorkerOrder,
  decodeWorkerReport,
  encodeJson,
  type ListenerLoad,
  type PoolEvent,
  type WorkerOrder,
  type WorkerReport,
} from "./reports.ts";

const decoders = [decodeWorkerReport, decodeWorkerOrder, decodeListenerLoad, decodePoolEvent];
const count = fc.maxSafeNat();
const plain = { noNullPrototype: true };

test("a worker's report is read as it was written", () => {
  const counts = { running: count, taken: count, busyMs: count };
  const report: fc.Arbitrary<WorkerReport> = fc.oneof(
    fc.record({ state: fc.constantFrom("ready" as const, "draining" as const), ...counts }, plain),
    fc.record({ state: fc.constant("resting" as const), ...counts, rest: count }, plain),
  );
  fc.assert(
    fc.property(report, (any) => assert.deepEqual(decodeWorkerReport(encodeJson(any)), any)),
  );
});

test("an order is read as it was written, and a rest has a number", () => {
  const order: fc.Arbitrary<WorkerOrder> = fc.oneof(
    fc.record({ kind: fc.constant("rest" as const), number: count }, plain),
    fc.record({ kind: fc.constant("work" as const) }, plain),
  );
  fc.assert(fc.property(order, (any) => assert.deepEqual(decodeWorkerOrder(encodeJson(any)), any)));
  assert.equal(decodeWorkerOrder(encodeJson({ kind: "rest" })), undefined);
  const unnumbered = { state: "resting", running: 0, taken: 0, busyMs: 0 };
  assert.equal(decodeWorkerReport(encodeJson(unnumbered)), undefined);
});

test("a listener's load is read as it was written", () => {
  const load: fc.Arbitrary<ListenerLoad> = fc.record(
    {
      complete: fc.boolean(),
      pools: fc.array(fc.record({ pool: fc.string(), waiting: count, running: count }, plain)),
    },
    plain,
  );
  fc.assert(fc.property(load, (any) => assert.deepEqual(decodeListenerLoad(encodeJson(any)), any)));
});

test("a pool event is read as it was written", () => {
  const event: fc.Arbitrary<PoolEvent> = fc.oneof(
    fc.record(
      {
        kind: fc.constant("workerLost" as const),
        worker: fc.string(),
        detail: fc.string(),
      },
      plain,
    ),
    fc.record({ kind: fc.constant("startTimedOut" as const) }, plain),
  );
  fc.assert(fc.property(event, (any) => assert.deepEqual(decodePoolEvent(encodeJson(any)), any)));
});

test("fields that are not ours are left out", () => {
  const more = encodeJson({ state: "ready", running: 1, taken: 2, busyMs: 3, secret: "x" });
  assert.deepEqual(decodeWorkerReport(more), {
    state: "ready",
    running: 1,
    taken: 2,
    busyMs: 3,
  });
  const late = encodeJson({ kind: "startTimedOut", detail: "what the worker said" });
  assert.deepEqual(decodePoolEvent(late), { kind: "startTimedOut" });
});

test("a report with a wrong shape is none", () => {
  const wrong: unknown[] = [
    null,
    [],
    "ready",
    {},
    { state: "gone", running: 0, taken: 0, busyMs: 0 },
    { state: "ready", running: -1, taken: 0, busyMs: 0 },
    { state: "ready", running: 0.5, taken: 0, busyMs: 0 },
    { state: "ready", running: 0, taken: "1", busyMs: 0 },
    { state: "ready", running: 0, taken: 1 },
    { state: "ready", running: 0, taken: 1, busyMs: 0.5 },
    { complete: true },
    { complete: 1, pools: [] },
    { complete: true, pools: {} },
    { complete: true, pools: [null] },
    { complete: true, pools: [{ pool: 1, waiting: 0, running: 0 }] },
    { complete: true, pools: [{ pool: "a", waiting: -1, running: 0 }] },
    { kind: "workerLost", detail: "" },
    { kind: "workerLost", worker: "w" },
    { kind: "other", worker: "w", detail: "" },
  ];
  for (const value of wrong) {
    for (const decode of decoders) assert.equal(decode(encodeJson(value)), undefined);
  }
});

test("arbitrary bytes and arbitrary JSON never throw", () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      for (const decode of decoders) decode(bytes);
    }),
  );
  fc.assert(
    fc.property(fc.json(), (text) => {
      for (const decode of decoders) decode(Buffer.from(text));
    }),
  );
});
