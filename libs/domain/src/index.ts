// The nouns of Penstock: pools, URL groups, prefixes, workers, reasons. Pure values and pure rules.

export { AddressBlocks, addressBlockFault } from "./address-blocks.ts";
export type {
  ApplicationPool,
  ApplicationSource,
  ContainerOptions,
  ContainerVolume,
  DeliveryPolicy,
  FailurePolicy,
  ProcessModel,
  Recycling,
  ResourceLimits,
  SecretSource,
} from "./application-pool.ts";
export { canaryName, poolOfCanary, withCanary, type Canary, type Stickiness } from "./canary.ts";
export { CertificateHosts } from "./certificate-hosts.ts";
export {
  readCertificatePair,
  type CertificateFault,
  type CertificatePair,
} from "./certificate-pair.ts";
export { httpSysPathLimits, type PathLimits } from "./cooked-path.ts";
export { noHostLimits, type HostLimits } from "./host-limits.ts";
export { plainEdge, type CertificateFiles, type EdgeSettings } from "./edge-settings.ts";
export { localEndpoint, type LocalEndpoint } from "./local-endpoint.ts";
export { findConflicts, type PrefixConflict } from "./prefix-conflict.ts";
export type { UrlPrefixCategory } from "./prefix-host.ts";
export { reasonPhrases, reasons, type ReasonFacts, type ReasonPhrase } from "./reason.ts";
export { readTarget, type RoutedTarget } from "./request-target.ts";
export {
  buildRoutingTable,
  type RoutedPort,
  type RoutingRefusal,
  type RoutingTable,
  type RoutingTableBuild,
} from "./routing-table.ts";
export { registrationsOf, type UrlGroup, type UrlRegistration } from "./url-group.ts";
export {
  httpSysUrlGroup,
  type PoolUrlGroup,
  type UrlGroupLimits,
  type UrlGroupTimeouts,
} from "./url-group-limits.ts";
export type { UrlPrefixFault, UrlPrefixFaultKind } from "./url-prefix-fault.ts";
export {
  parseUrlPrefix,
  type UrlPrefix,
  type UrlPrefixParse,
  type UrlScheme,
} from "./url-prefix.ts";
export {
  drawnPlace,
  drawnTicket,
  namedVersion,
  placeOf,
  placeOfTicket,
  seedOf,
  versionAt,
  type PoolVersion,
} from "./version-choice.ts";
export {
  exitReasons,
  NEVER_SUSPENDED,
  recycleCauses,
  startTriggers,
  WORKER_REPORT_MS,
  type ExitReason,
  type RecycleCause,
  type StartTrigger,
  type WorkerProcessId,
} from "./worker-process.ts";
export {
  eventFacts,
  operationalEvents,
  type EventSeverity,
  type OperationalEvent,
  type OperationalEventKind,
  type RecordedEvent,
} from "./operational-event.ts";
