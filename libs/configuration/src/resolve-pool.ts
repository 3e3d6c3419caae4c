// From the file's words to the pool that the rest of Penstock knows: units into names, relative paths
// into absolute ones.

import { resolve } from "node:path";
import type { ApplicationPool, ApplicationSource, SecretSource } from "@penstock/domain";
import { assert } from "@penstock/foundation";
import type { PoolSettings } from "./pool-settings.ts";

/** The resolved pool. `settings` has passed every rule; `home` is the folder of the file. */
export function resolvePool(name: string, settings: PoolSettings, home: string): ApplicationPool {
  const { urls, processModel, recycling, failure } = settings;
  assert(urls !== undefined, "a pool that passed validation has urls");
  return {
    name,
    urls,
    application: applicationOf(settings, home),
    directory: resolve(home, settings.directory ?? "."),
    environment: settings.environment,
    secrets: secretsOf(settings, home),
    startMode: settings.startMode,
    autoStart: settings.autoStart,
    queueLength: settings.queueLength,
    queueTimeoutMs: settings.queueTimeout,
    requestTimeoutMs: settings.requestTimeout,
    concurrency: settings.concurrency,
    processModel: {
      minProcesses: processModel.minProcesses,
      maxProcesses: processModel.maxProcesses,
      idleTimeoutMs: processModel.idleTimeout,
      idleTimeoutAction: processModel.idleTimeoutAction,
      startupTimeLimitMs: processModel.startupTimeLimit,
      shutdownTimeLimitMs: processModel.shutdownTimeLimit,
      pingingEnabled: processModel.pingingEnabled,
      pingIntervalMs: processModel.pingInterval,
      pingResponseTimeMs: processModel.pingResponseTime,
    },
    recycling: {
      disallowOverlappingRotation: recycling.disallowOverlappingRotation,
      disallowRotationOnConfigChange: recycling.disallowRotationOnConfigChange,
      periodicRestart: {
        timeMs: recycling.periodicRestart.time,
        requests: recycling.periodicRestart.requests,
        memoryBytes: recycling.periodicRestart.memory,
        schedule: recycling.periodicRestart.schedule,
      },
    },
    failure: {
      rapidFailProtection: failure.rapidFailProtection,
      rapidFailProtectionIntervalMs: failure.rapidFailProtectionInterval,
      rapidFailProtectionMaxCrashes: failure.rapidFailProtectionMaxCrashes,
      autoRecoverMs: failure.autoRecover,
      orphanWorkerProcess: failure.orphanWorkerProcess,
      loadBalancerCapabilities: failure.loadBalancerCapabilities,
    },
    delivery: settings.delivery,
    responseHeaders: settings.responseHeaders,
  };
}

function applicationOf({ module, command }: PoolSettings, home: string): ApplicationSource {
  if (module !== undefined) return { kind: "module", module: resolve(home, module) };
  assert(command !== undefined, "a pool that passed validation has a module or a command");
  return { kind: "command", command };
}

function secretsOf({ secrets }: PoolSettings, home: string): ApplicationPool["secrets"] {
  const sources = Object.entries(secrets).map(([name, { file, env }]): [string, SecretSource] => {
    if (file !== undefined) return [name, { file: resolve(home, file) }];
    assert(env !== undefined, "a secret that passed validation has a file or an env");
    return [name, { env }];
  });
  return Object.fromEntries(sources);
}
