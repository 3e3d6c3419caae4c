// How much a log line matters. Fatal: the process ends. Error: someone must act. Warn: we refused or
// retried. Info: state changed. Debug: per request.

/** All levels, the gravest first. */
export const logLevels = ["fatal", "error", "warn", "info", "debug"] as const;

/** How much a line matters, see {@link logLevels}. */
export type LogLevel = (typeof logLevels)[number];
