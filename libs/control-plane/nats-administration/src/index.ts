// The controller's hands on the broker: queues, the routing bucket, signals.

export { PoolSignals } from "./pool-signals.ts";
export { QueueAdministration, type QueueDepth } from "./queue-administration.ts";
export { RoutingStore } from "./routing-store.ts";
