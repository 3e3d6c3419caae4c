// The program that takes requests: `node worker-process.ts <settings file>`. The worker's end of the
// protocol on the real transport; instead of an application it has one answer, given at once. Runs until it
// is ended.

import { systemClock } from "@penstock/foundation";
import { JetStreamRequestReceiver } from "@penstock/nats-request-queue";
import { RequestReceiver, type ExchangeReceiver } from "@penstock/request-queue";
import { workerInbox } from "@penstock/wire";
import { fail } from "./failure.ts";
import { openLink } from "./open-link.ts";
import { readWorkerSettings } from "./program-settings.ts";
import { answer } from "./request-kind.ts";

const { link, worker, pool, slots } = readWorkerSettings();
/** Answers are over before anything could be said about them. */
const heedless: ExchangeReceiver = { body() {}, bodyEnd() {}, window() {}, cancel() {} };

const receiver = new RequestReceiver({
  transport: new JetStreamRequestReceiver(await openLink(link, fail), {
    pool,
    worker,
    inbox: `${workerInbox(worker)}.pull`,
  }),
  host: {
    handle(exchange) {
      exchange.receiver = heedless;
      exchange.respond(answer, answer.body, true);
    },
  },
  clock: systemClock,
  epochNow: Date.now,
  defer: setImmediate,
  slots,
  changed() {},
  malformed: (what) => fail("a message from the queue", what),
});
receiver.receive();
