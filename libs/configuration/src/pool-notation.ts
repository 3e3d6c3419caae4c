// The way back: a resolved pool in the words and units of the file. `config show` prints it and the
// diff compares it, so both name keys as the user wrote them.

import type {
  ApplicationPool,
  ApplicationSource,
  Canary,
  ContainerOptions,
  SecretSource,
} from "@penstock/domain";
import { formatDuration } from "./notation/duration.ts";
import { escapeExpressions } from "./notation/interpolation.ts";
import { formatSize } from "./notation/size.ts";
import { workerPlaceholders } from "./schema/worker-placeholders.ts";

/** Plain values only: what YAML or JSON can hold. */
export type Notation = Readonly<Record<string, unknown>>;

/** The pool as a complete entry of `applicationPools`. Secrets stay references. */
export function poolNotation(pool: ApplicationPool): Notation {
  const { processModel, recycling, failure } = pool;
  const { periodicRestart } = recycling;
  return {
    urls: pool.urls.map((url) => escapeExpressions(url)),
    ...applicationNotation(pool.application),
    ...(pool.canary && { canary: canaryNotation(pool.canary) }),
    directory: escapeExpressions(pool.directory),
    environment: mapValues(pool.environment, (value) => escapeExpressions(value)),
    secrets: mapValues(pool.secrets, secretNotation),
    startMode: pool.startMode,
    autoStart: pool.autoStart,
    queueLength: pool.queueLength,
    queueTimeout: formatDuration(pool.queueTimeoutMs),
    requestTimeout: formatDuration(pool.requestTimeoutMs),
    concurrency: pool.concurrency,
    processModel: {
      minProcesses: processModel.minProcesses,
      maxProcesses: processModel.maxProcesses,
      idleTimeout: formatDuration(processModel.idleTimeoutMs),
      idleTimeoutAction: processModel.idleTimeoutAction,
      startupTimeLimit: formatDuration(processModel.startupTimeLimitMs),
      shutdownTimeLimit: formatDuration(processModel.shutdownTimeLimitMs),
      pingingEnabled: processModel.pingingEnabled,
      pingInterval: formatDuration(processModel.pingIntervalMs),
      pingResponseTime: formatDuration(processModel.pingResponseTimeMs),
    },
    recycling: {
      disallowOverlappingRotation: recycling.disallowOverlappingRotation,
      disallowRotationOnConfigChange: recycling.disallowRotationOnConfigChange,
      periodicRestart: {
        time: formatDuration(periodicRestart.timeMs),
        requests: periodicRestart.requests,
        memory: formatSize(periodicRestart.memoryBytes),
        schedule: periodicRestart.schedule,
      },
    },
    failure: {
      rapidFailProtection: failure.rapidFailProtection,
      rapidFailProtectionInterval: formatDuration(failure.rapidFailProtectionIntervalMs),
      rapidFailProtectionMaxCrashes: failure.rapidFailProtectionMaxCrashes,
      autoRecover: formatDuration(failure.autoRecoverMs),
      orphanWorkerProcess: failure.orphanWorkerProcess,
      loadBalancerCapabilities: failure.loadBalancerCapabilities,
    },
    ...(pool.limits.cpus !== undefined && { cpu: { limit: pool.limits.cpus } }),
    ...(pool.limits.memoryBytes !== undefined && {
      memory: { limit: formatSize(pool.limits.memoryBytes) },
    }),
    container: containerNotation(pool.container),
    delivery: { redispatch: pool.delivery.redispatch, maxAttempts: pool.delivery.maxAttempts },
    responseHeaders: pool.responseHeaders,
  };
}

function canaryNotation({ application, weight, sticky }: Canary): Notation {
  const { port: _, ...version } = applicationNotation(application);
  return { ...version, weight, ...(sticky && { sticky }) };
}

function applicationNotation(application: ApplicationSource): Notation {
  if (application.kind === "module") return { module: escapeExpressions(application.module) };
  if (application.kind === "image")
    return { image: escapeExpressions(application.image), port: application.port };
  return {
    command: application.command.map((word) => escapeExpressions(word, workerPlaceholders)),
  };
}

function containerNotation({ registry, ...container }: ContainerOptions): Notation {
  return {
    ...mapValues(container, (value) =>
      typeof value === "string" ? escapeExpressions(value) : value,
    ),
    tmpfs: container.tmpfs.map((path) => escapeExpressions(path)),
    volumes: container.volumes.map(({ source, target, readOnly }) =>
      escapeExpressions(`${source}:${target}${readOnly ? ":ro" : ""}`),
    ),
    networks: container.networks.map((network) => escapeExpressions(network)),
    ...(registry && {
      registry: {
        username: escapeExpressions(registry.username),
        password: secretNotation(registry.password),
      },
    }),
  };
}

function secretNotation(source: SecretSource): Notation {
  return "file" in source ? { file: escapeExpressions(source.file) } : source;
}

function mapValues<Value>(
  values: Readonly<Record<string, Value>>,
  change: (value: Value) => unknown,
): Notation {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value)]));
}
