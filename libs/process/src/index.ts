// What every process needs of its world: settings, log, life and signals. The one door for pino; the one
// for prom-client is `@penstock/process/metrics`, which only processes open that are scraped.

export {
  runProcess,
  type ProcessControl,
  type ProcessOptions,
  type StartProcess,
} from "./life/lifecycle.ts";
export {
  createLog,
  type EventFacts,
  type Log,
  type LogOptions,
  type WriteEvent,
} from "./log/log.ts";
export type { LogDestination } from "./log/log-destination.ts";
export { logLevels, type LogLevel } from "./log/log-level.ts";
export { logLevelSetting } from "./settings/log-level-setting.ts";
export { Secret } from "./settings/secret.ts";
export type { Setting, SettingValue } from "./settings/setting-kinds.ts";
export {
  InvalidSettings,
  readSettings,
  type SettingsOf,
  type SettingSources,
  type SettingTable,
} from "./settings/settings.ts";
export { portFailure } from "./life/port-failure.ts";
export { listenAddress } from "./settings/listen-address.ts";
