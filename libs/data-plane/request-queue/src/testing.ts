// What other packages' tests need of this one: the contract suite for whoever provides the ports, the twin
// for whoever stands on them, clients and applications that write down what happens to them.

export { ChannelScheduler, type Channel, type ChooseChannel } from "./channel-scheduler.ts";
export {
  describeRequestQueue,
  ListenerRecord,
  WorkerRecord,
  type ListenerEnd,
  type MakeHarness,
  type QueueHarness,
  type WorkerEnd,
} from "./conformance.ts";
export { RecordedApplication, RecordedRun } from "./test-support/recorded-application.ts";
export { RecordedExchange, type RecordedRequest } from "./test-support/recorded-exchange.ts";
export { RecordedObserver } from "./test-support/recorded-observer.ts";
export { InMemoryBroker, type InMemoryBrokerParts } from "./in-memory-broker.ts";
export { routedPool } from "./test-support/world.ts";
