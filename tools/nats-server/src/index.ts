// The broker as a program: found or fetched, started, stopped. Who talks to it stands in nats-connection.

export { natsServerCacheDirectory } from "./cache.ts";
export type { NatsServerConfiguration } from "./configuration.ts";
export { NatsServerNotFound, NatsServerStartFailed, NatsServerStoreInUse } from "./errors.ts";
export {
  findNatsServer,
  type FindNatsServerOptions,
  type FoundNatsServer,
} from "./find-nats-server.ts";
export type { Attempt, FindEvent, NatsServerSource, ReportFind } from "./place.ts";
export type { LogLevel, NatsServerEvent, ReportServer } from "./server-event.ts";
export {
  startNatsServer,
  type NatsServerExit,
  type RunningNatsServer,
  type StartNatsServerOptions,
} from "./start-nats-server.ts";
export { minimumVersion, testedVersion } from "./version.ts";
