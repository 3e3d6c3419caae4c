// Accounts at the broker: keys, walls, rights, credentials. Only the controller, and whoever starts the
// broker, holds these; listeners and workers are handed credentials.

export { AccountPublisher } from "./account-publisher.ts";
export type { PoolAccountLimits } from "./account-tokens.ts";
export { readBrokerStorage, type BrokerStorage, type StorageUse } from "./broker-storage.ts";
export type { IdentityName } from "./identities.ts";
export { serverConfigurationLines, type AccountStore } from "./server-configuration.ts";
export { OPERATIONS_API, renewalSubject, SERVER_API, type SharedAccount } from "./topology.ts";
export { exportTrust, loadOrCreateTrust, type Trust } from "./trust.ts";
export {
  issueCredentials,
  issueWorkerCredentials,
  renewWorkerToken,
  type IssuedCredentials,
} from "./user-credentials.ts";
