// The controller's hands on the broker: queues, the routing bucket, the standing of pools, the leader's lease, signals.

export { LeaseStore, type HeldLease } from "./lease-store.ts";
export { PoolSignals } from "./pool-signals.ts";
export { QueueAdministration, type QueueDepth } from "./queue-administration.ts";
export { RoutingStore } from "./routing-store.ts";
export { StandingStore } from "./standing-store.ts";
