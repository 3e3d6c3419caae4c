import assert from "node:assert/strict";
import test from "node:test";
import { httpSysUrlGroup, type UrlGroupTimeouts } from "@penstock/domain";
import { ManualClock } from "@penstock/testing";
import { ConnectionWatch } from "./connection-watch.ts";
import type { HttpExchange } from "./http-exchange.ts";

/** Watches one stream of HTTP/2 for some seconds; what was told of it. */
function watched(
  stream: {
    state?: string;
    awaitsBody?: boolean;
    bytesASecond?: number;
    unsentBytes?: number;
  },
  timeouts: Partial<UrlGroupTimeouts>,
) {
  const clock = new ManualClock();
  const told: string[] = [];
  using watch = new ConnectionWatch({
    clock,
    timeouts: httpSysUrlGroup.timeouts,
    expired: () => told.push("connection"),
    streamExpired: (_exchange, expiry) => told.push(expiry),
    queuedTooLong: () => told.push("Timer_ReqQueue"),
  });
  const { state = "running", awaitsBody = false, bytesASecond = 0, unsentBytes = 0 } = stream;
  const settings = { timeouts: { ...httpSysUrlGroup.timeouts, ...timeouts } };
  const exchange = {
    state,
    awaitsBody,
    admittedAt: 0,
    get receivedBytes() {
      return (clock.now() / 1000) * bytesASecond;
    },
    sentBytes: unsentBytes,
    group: { settings },
  } as unknown as HttpExchange;
  watch.addStream(exchange, { unsentBytes });
  clock.advance(4000);
  const before = [...told];
  watch.leaveStream(exchange);
  clock.advance(60_000);
  assert.deepEqual(told, before, "a stream that left is looked at no more");
  return before.slice(0, 1);
}

test("a stream whose body stalls expires", () =>
  assert.deepEqual(watched({ awaitsBody: true }, { entityBodyMs: 2000 }), ["Timer_EntityBody"]));

test("a stream whose body comes byte by byte expires too", () => {
  const entityBodyMs = 2000;
  const trickles = { awaitsBody: true, bytesASecond: 1 };
  assert.deepEqual(watched(trickles, { entityBodyMs }), ["Timer_EntityBody"]);
  assert.deepEqual(watched(trickles, { entityBodyMs, minReceiveRate: 0 }), []);
});

test("a stream whose answer is not taken expires", () =>
  assert.deepEqual(watched({ unsentBytes: 9 }, { minSendRate: 65_536 }), [
    "Timer_MinBytesPerSecond",
  ]));

test("a stream that waits in its queue for too long is told", () =>
  assert.deepEqual(watched({ state: "waiting" }, { requestQueueMs: 2000 }), ["Timer_ReqQueue"]));

test("a stream that runs may run, and is never idle", () =>
  assert.deepEqual(
    watched({}, { idleConnectionMs: 1000, headerWaitMs: 1000, entityBodyMs: 1000 }),
    [],
  ));
