// What listeners and workers say to the controller and hear from it, over a real nats-server.

import assert from "node:assert/strict";
import { test } from "node:test";
import { untilWithin } from "@penstock/testing";
import {
  decodeListenerLoad,
  decodeWorkerReport,
  encodeJson,
  poolEventSubject,
  type PoolEvent,
} from "@penstock/wire";
import { ListenerSignals } from "./listener-signals.ts";
import { NatsBroker } from "./test-support/nats-broker.ts";
import { reportSender } from "./worker-signals.ts";

const until = untilWithin(5000);

test("a listener's load and a worker's report reach the controller under their names", async () => {
  await using broker = await NatsBroker.start();
  const controller = await broker.connect("controller");
  const process = await broker.connect("process");
  const heard: unknown[] = [];
  controller.subscribe("load.*", ({ subject, data }) =>
    heard.push([subject, decodeListenerLoad(data)]),
  );
  controller.subscribe("wrk.*.*", ({ subject, data }) =>
    heard.push([subject, decodeWorkerReport(data)]),
  );
  await broker.flush();
  const load = { complete: true, pools: [{ pool: "a.b", waiting: 1, running: 2 }] };
  const report = { state: "ready", running: 1, taken: 2, busyMs: 3 } as const;
  new ListenerSignals(process, "l1").sendLoad(load);
  reportSender(process, "a.b", "w 1")(report);
  await broker.flush();
  await until("both are heard", () => heard.length === 2);
  assert.deepEqual(heard, [
    ["load.l1", load],
    ["wrk.a=2Eb.w=201", report],
  ]);
});

test("pool events reach a listener, and what is none is ignored", async () => {
  await using broker = await NatsBroker.start();
  const controller = await broker.connect("controller");
  const listener = await broker.connect("listener");
  const heard: [string, PoolEvent][] = [];
  new ListenerSignals(listener, "l1").onPoolEvent((pool, event) => heard.push([pool, event]));
  await broker.flush();
  const lost: PoolEvent = { kind: "workerLost", worker: "w1", detail: "exit code 1" };
  const late: PoolEvent = { kind: "startTimedOut" };
  controller.publish(poolEventSubject("a.b"), encodeJson(lost));
  controller.publish(poolEventSubject("shop"), "no JSON");
  controller.publish(poolEventSubject("shop"), encodeJson({ kind: "other" }));
  controller.publish(poolEventSubject("shop"), encodeJson(late));
  await until("both are heard", () => heard.length === 2);
  assert.deepEqual(heard, [
    ["a.b", lost],
    ["shop", late],
  ]);
  assert.deepEqual(broker.failures, []);
});

test("what is said while the broker is away is lost and breaks nothing", async () => {
  await using broker = await NatsBroker.start();
  const link = await broker.connect("process");
  const signals = new ListenerSignals(link, "l1");
  const report = reportSender(link, "shop", "w1");
  await broker.stop();
  await until("the break is noticed", () => !link.connected);
  signals.sendLoad({ complete: true, pools: [] });
  report({ state: "ready", running: 0, taken: 0, busyMs: 0 });
  await broker.startAgain();
  await until("all are back", () => broker.connected);
  assert.deepEqual(broker.failures, []);
});
