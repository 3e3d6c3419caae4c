// Connections to the broker: opened, proved, watched, drained; the vendor's failures as ours.

export {
  authenticateWith,
  parseCredentials,
  renderCredentials,
  userNameOf,
  withToken,
  type Authenticate,
  type Credentials,
  type Proof,
} from "./credentials.ts";
export {
  NATS_SERVER_MINIMUM,
  NatsLink,
  olderThan,
  type NatsLinkOptions,
  type NatsLinkWatcher,
  type NatsSubscription,
} from "./nats-link.ts";
export { kindOfKey, Nkey, verifySignature, type NkeyKind } from "./nkey.ts";
