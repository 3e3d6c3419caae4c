// A broker as the controller leaves it, for tests and tools that need listeners or workers and no controller.

export { OperatorBroker } from "./operator-broker.ts";
