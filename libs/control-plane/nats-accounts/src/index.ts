// Accounts at the broker: keys, walls, rights, credentials. Only the controller, and whoever starts the
// broker, holds these; listeners and workers are handed credentials.

export { AccountPublisher } from "./account-publisher.ts";
export type { PoolAccountLimits } from "./account-tokens.ts";
export { readBrokerStorage, type BrokerStorage, type StorageUse } from "./broker-storage.ts";
export { connectionsOf, type PoolConnection } from "./broker-queries.ts";
export { chooseCredential } from "./credential-choice.ts";
export {
  CredentialRegistry,
  type Credential,
  type CredentialKind,
  type CredentialRecord,
} from "./credential-registry.ts";
export type { IdentityName } from "./identities.ts";
export { serverConfigurationLines, type AccountStore } from "./server-configuration.ts";
export { OPERATIONS_API, SERVER_API, type SharedAccount } from "./topology.ts";
export {
  exportTrust,
  findSharedSigners,
  loadOrCreateTrust,
  ROTATED_IDENTITIES,
  type RotatedIdentity,
  type SharedSigners,
  type Trust,
} from "./trust.ts";
export {
  issueCredentials,
  issueWorkerCredentials,
  renewWorkerToken,
  type IssuedCredentials,
  type RenewedToken,
} from "./user-credentials.ts";
