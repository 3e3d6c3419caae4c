// The settings of the engine proxy.

import { logLevelSetting, readSettings, type SettingsOf } from "@penstock/process";

const table = {
  engine: {
    kind: "string",
    about: "the socket of the Docker engine",
    fallback: "/var/run/docker.sock",
  },
  proxyListen: {
    kind: "string",
    about: "host:port where the controller finds the engine",
    fallback: "127.0.0.1:2375",
  },
  workerNetwork: {
    kind: "string",
    about: "the network of workers: the only one that a container may be on",
  },
  logLevel: logLevelSetting,
} as const;

/** Settings of an engine proxy. */
export type EngineProxySettings = SettingsOf<typeof table>;

/** Reads them from flags and environment. Throws InvalidSettings with all faults. */
export function readEngineProxySettings(): EngineProxySettings {
  return readSettings(table);
}
