// The listener's own settings. Pools and prefixes are not among them: those come from the routing table.

import type { PathLimits } from "@penstock/domain";
import { httpSysLimits, type RequestLimits } from "@penstock/http";
import { logLevelSetting, readSettings, type SettingsOf } from "@penstock/process";

const table = {
  natsUrl: {
    kind: "string",
    about: "where the broker is, nats://host:port",
    fallback: "nats://127.0.0.1:4222",
  },
  natsCredentials: {
    kind: "secret",
    about: "who this listener is at the broker (penstock creds issue makes it)",
  },
  bind: { kind: "string", about: "the address on which traffic ports are opened", fallback: "::" },
  operationsListen: {
    kind: "string",
    about: "host:port of /metrics, /livez and /readyz",
    fallback: "127.0.0.1:9181",
  },
  shutdownLimitMs: {
    kind: "duration",
    about: "how long requests in hand may take at a stop",
    fallback: "30s",
    minMs: 1000,
  },
  headerWaitMs: {
    kind: "duration",
    about: "how long the header of a connection's first request may take, 0s for ever",
    fallback: "120s",
  },
  idleConnectionMs: {
    kind: "duration",
    about: "how long a connection may be without its first request, 0s for ever",
    fallback: "120s",
  },
  accessLog: {
    kind: "string",
    about: "file of the access log, - for standard output; reopened on SIGHUP",
    optional: true,
  },
  accessLogFormat: {
    kind: "string",
    about: "how the access log is written",
    oneOf: ["json", "w3c"],
    fallback: "json",
  },
  httpErrorLog: {
    kind: "string",
    about: "file of the HTTPERR log, - for standard output; reopened on SIGHUP",
    optional: true,
  },
  maxRequestBytes: {
    kind: "int",
    about: "bytes of a request line and its fields",
    fallback: String(httpSysLimits.maxRequestBytes),
    min: 256,
    max: 16_777_216,
  },
  maxFieldLength: {
    kind: "int",
    about: "bytes of one header field",
    fallback: String(httpSysLimits.maxFieldLength),
    min: 64,
    max: 65_534,
  },
  maxFields: {
    kind: "int",
    about: "header fields of one request, 0 for no limit",
    fallback: String(httpSysLimits.maxFields),
    min: 0,
    max: 100_000,
  },
  urlSegmentMaxLength: {
    kind: "int",
    about: "characters of one path segment, 0 for no limit",
    fallback: String(httpSysLimits.urlSegmentMaxLength),
    min: 0,
    max: 32_766,
  },
  urlSegmentMaxCount: {
    kind: "int",
    about: "path segments, 0 for no limit",
    fallback: String(httpSysLimits.urlSegmentMaxCount),
    min: 0,
    max: 16_383,
  },
  logLevel: logLevelSetting,
} as const;

/** Settings of a listener process. */
export type ListenerSettings = SettingsOf<typeof table>;

/** Reads them from flags and environment. Throws InvalidSettings with all faults. */
export function readListenerSettings(): ListenerSettings {
  return readSettings(table);
}

/** The limits of every request's head. Their names are those of the settings. */
export function requestLimits(settings: ListenerSettings): RequestLimits {
  return settings;
}

/** Those of the paths that are matched: 0 is no limit. */
export function pathLimits({
  urlSegmentMaxLength,
  urlSegmentMaxCount,
}: Pick<ListenerSettings, "urlSegmentMaxLength" | "urlSegmentMaxCount">): PathLimits {
  return {
    segmentLengthMax: urlSegmentMaxLength || Infinity,
    segmentCountMax: urlSegmentMaxCount || Infinity,
  };
}
