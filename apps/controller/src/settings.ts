// The controller's own settings. Pools are not among them: those come from the configuration file.

import { logLevelSetting, readSettings, type SettingsOf } from "@penstock/process";

const table = {
  config: { kind: "string", about: "the configuration file", fallback: "penstock.yaml" },
  state: { kind: "string", about: "the folder where state is kept", fallback: "./.penstock" },
  natsUrl: {
    kind: "string",
    about: "where the broker is, nats://host:port",
    fallback: "nats://127.0.0.1:4222",
  },
  runtime: {
    kind: "string",
    about: "what runs workers",
    oneOf: ["process", "docker"],
    fallback: "process",
  },
  engine: {
    kind: "string",
    about: "where the Docker engine is, unix:///path or tcp://host:port",
    // What Docker's own command line goes by.
    fallback: process.env["DOCKER_HOST"] || "unix:///var/run/docker.sock",
  },
  workerImage: {
    kind: "string",
    about: "the image of the worker host",
    fallback: "penstock/worker",
  },
  workerNetwork: {
    kind: "string",
    about: "the engine's network on which workers reach the broker",
    optional: true,
  },
  workerNatsUrl: {
    kind: "string",
    about: "where workers find the broker; without it, where the controller does",
    optional: true,
  },
  adminListen: { kind: "string", about: "host:port of the admin API", fallback: "127.0.0.1:9180" },
  adminHosts: {
    kind: "string",
    about: "further host names of the admin API, separated by commas",
    fallback: "",
  },
  metricsListen: {
    kind: "string",
    about: "host:port of a port of /metrics and health alone, which asks for no token",
    optional: true,
  },
  stopWorkers: {
    kind: "boolean",
    about: "whether workers go when the controller goes",
    fallback: "false",
  },
  stopLimitMs: {
    kind: "duration",
    about: "how long workers may take to go",
    fallback: "95s",
    minMs: 1000,
  },
  workerTokenLifeMs: {
    kind: "duration",
    about: "how long a worker's token at the broker is good for; renewed at half of it",
    fallback: "24h",
    minMs: 2000,
  },
  dryRun: {
    kind: "boolean",
    about: "only print what a start would adopt, start and end",
    fallback: "false",
  },
  output: {
    kind: "string",
    about: "of --dry-run",
    oneOf: ["table", "json"],
    fallback: "table",
  },
  logLevel: logLevelSetting,
} as const;

/** Settings of a controller process. */
export type ControllerSettings = SettingsOf<typeof table>;

/** Reads them from flags and environment. Throws InvalidSettings with all faults. */
export function readControllerSettings(): ControllerSettings {
  return readSettings(table, {
    relations: [
      ({ runtime, workerNetwork }) =>
        runtime === "docker" && workerNetwork === undefined
          ? "--worker-network (PENSTOCK_WORKER_NETWORK) is missing: the docker runtime needs the network on which workers reach the broker"
          : undefined,
    ],
  });
}
