// The configuration file: what it may say, what it means, and what is wrong with it. One schema is the
// source of validation, defaults, types, the editor schema and the reference.

export { describeChanges } from "./describe-changes.ts";
export {
  diffConfiguration,
  type ConfigurationDiff,
  type PoolChange,
} from "./diff-configuration.ts";
export { configurationGenerationOf, generationOf, versionsOf } from "./generation.ts";
export type { HostConfiguration } from "./host-configuration.ts";
export { formatDuration, parseDuration } from "./notation/duration.ts";
export type { Environment } from "./notation/interpolation.ts";
export { formatSize, parseSize } from "./notation/size.ts";
export {
  parseConfiguration,
  type ConfigurationOrigin,
  type ConfigurationParse,
} from "./parse-configuration.ts";
export { renderConfiguration } from "./render-configuration.ts";
export type { LookUp } from "./rules/application-files.ts";
export { editorSchema, type JsonSchema } from "./schema/editor-schema.ts";
export {
  settingReference,
  type ReferenceSection,
  type SettingReference,
} from "./schema/setting-reference.ts";
export { formatFault, formatFaults, type FaultTextOptions } from "./source/fault-text.ts";
export type { Fault } from "./source/fault.ts";
export type { SourceRange } from "./source/source-text.ts";
