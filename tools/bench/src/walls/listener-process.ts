// The program that asks: `node listener-process.ts <settings file>`. The listener's end of the protocol on
// the real transport, without HTTP. One load: it waits for the first answer, warms up, measures, and prints
// a ListenerReport. It reads the processor time of all three processes itself, so that nothing of before and
// after is in it.

import { setTimeout as pause } from "node:timers/promises";
import { randomInt } from "node:crypto";
import { systemClock } from "@penstock/foundation";
import { JetStreamRequestDispatch } from "@penstock/nats-request-queue";
import { Dispatcher, PoolQueue } from "@penstock/request-queue";
import { startCpuMeter } from "../measuring/cpu-meter.ts";
import { fail } from "./failure.ts";
import { openLink } from "./open-link.ts";
import { readListenerSettings, type ListenerReport } from "./program-settings.ts";
import { headText } from "./request-kind.ts";
import { RequestLoop } from "./request-loop.ts";

/** How much longer than its load a listener may take: the first answer, the last ones. Seconds. */
const GRACE_SECONDS = 30;

const settings = readListenerSettings();
const { listener, kind } = settings;
const limitMs = (settings.warmUpSeconds + settings.seconds + GRACE_SECONDS) * 1000;
setTimeout(() => fail("the load", `not every request ended within ${limitMs} ms`), limitMs).unref();
const link = await openLink(settings.link, fail);
const dispatcher = new Dispatcher({
  transport: new JetStreamRequestDispatch(link, listener, setImmediate),
  clock: systemClock,
  defer: setImmediate,
  firstExchange: randomInt(2 ** 32),
  observer: {
    enqueued() {},
    left() {},
    claimed() {},
    // Its exchange is told as well.
    rejected() {},
    redispatched: (_pool, detail) => loop.disturbed(`sent out again: ${detail}`),
    brokenOff() {},
    tunnelOpened() {},
    tunnelClosed() {},
    loadChanged() {},
    // A frame that is merely late disturbs nothing.
    ignored() {},
    misbehaved: (_pool, _worker, what) => loop.disturbed(`the worker misbehaved: ${what}`),
  },
});
const loop = new RequestLoop({
  dispatcher,
  requests: {
    pool: new PoolQueue(settings.route),
    repeatable: kind === "GET",
    headText: headText(kind, listener),
  },
});
const others = Object.entries(settings.others).map(([part, pid]) => [part, [pid]] as const);
const parts = new Map<string, readonly number[]>([...others, ["listener", [process.pid]]]);

await loop.begin(settings.inFlight).catch((thrown: unknown) => fail("the first request", thrown));
// The first reading asks the system for its unit of time, which takes a while.
startCpuMeter(parts);
await pause(settings.warmUpSeconds * 1000);
loop.countAnew();
const readCpu = startCpuMeter(parts);
await pause(settings.seconds * 1000);
const cpu = readCpu();
const load = loop.result();
loop.stop();
await dispatcher.drain();
await link[Symbol.asyncDispose]();
const report: ListenerReport = { load, cpu, faults: loop.faults };
process.stdout.write(`${JSON.stringify(report)}\n`);
