// The request queue's two ends on NATS: the ports, and the lines to the controller beside them.

export { JetStreamRequestDispatch } from "./jetstream-request-dispatch.ts";
export { JetStreamRequestReceiver } from "./jetstream-request-receiver.ts";
export { ListenerSignals } from "./listener-signals.ts";
export { RoutingFeed, type RoutingFeedReceiver } from "./routing-feed.ts";
export { reportSender } from "./worker-signals.ts";
