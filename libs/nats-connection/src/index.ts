// Connections to the broker: opened, watched, drained; the vendor's failures as ours.

export {
  NATS_SERVER_MINIMUM,
  NatsLink,
  olderThan,
  type NatsLinkOptions,
  type NatsLinkWatcher,
  type NatsSubscription,
} from "./nats-link.ts";
