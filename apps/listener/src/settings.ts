// The listener's own settings. Pools and prefixes are not among them: those come from the routing table.

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
  logLevel: logLevelSetting,
} as const;

/** Settings of a listener process. */
export type ListenerSettings = SettingsOf<typeof table>;

/** Reads them from flags and environment. Throws InvalidSettings with all faults. */
export function readListenerSettings(): ListenerSettings {
  return readSettings(table);
}
