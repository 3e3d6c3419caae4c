// The contract of the request queue's two ports, in sentences that a test runner prints. Whoever provides
// the ports runs it: the in-memory twin beside the protocol, the NATS ports beside their code. What the
// suite does not say, the protocol must not rely on.
//
// Deliberately outside: how fast anything is, fairness between workers, order between pools.

import { describe } from "node:test";
import { describeConnections } from "./conformance/connections.ts";
import { describeConversation } from "./conformance/conversation.ts";
import type { MakeHarness } from "./conformance/harness.ts";
import { describeQueue } from "./conformance/queue.ts";
import { describeTaking } from "./conformance/taking.ts";

export type { ListenerEnd, MakeHarness, QueueHarness, WorkerEnd } from "./conformance/harness.ts";
export { ListenerRecord, WorkerRecord } from "./conformance/records.ts";

/** Tests of one part that run at the same time: with a real broker most of their time is waiting. */
const concurrency = 6;

/** Runs the contract against the ports that a harness makes. Each test makes one harness and disposes of it. */
export function describeRequestQueue(name: string, makeHarness: MakeHarness): void {
  describe(`${name} keeps the contract of a request queue`, () => {
    describe("the queue", { concurrency }, () => describeQueue(makeHarness));
    describe("taking", { concurrency }, () => describeTaking(makeHarness));
    describe("the conversation", { concurrency }, () => describeConversation(makeHarness));
    describe("connections", { concurrency }, () => describeConnections(makeHarness));
  });
}
