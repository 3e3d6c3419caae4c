// From the file's words to the pool that the rest of Penstock knows: units into names, relative paths
// into absolute ones.

import { resolve } from "node:path";
import type { ApplicationPool } from "@penstock/domain";
import { assert } from "@penstock/foundation";
import type { PoolSettings } from "./pool-settings.ts";
import { resolveApplication } from "./resolve-application.ts";
import { resolveCanary } from "./resolve-canary.ts";
import { resolveUrlGroups, type WrittenUrlGroup } from "./resolve-url-groups.ts";
import { resolveContainer, resolveSecret } from "./resolve-container.ts";

/** What surrounds a pool: the folder of its file, and the file's URL groups. */
export interface PoolSurroundings {
  readonly home: string;
  readonly groups: Readonly<Record<string, WrittenUrlGroup>>;
}

/** The resolved pool. `settings` has passed every rule. */
export function resolvePool(
  name: string,
  settings: PoolSettings,
  { home, groups }: PoolSurroundings,
): ApplicationPool {
  const { urls, processModel, recycling, failure } = settings;
  assert(urls !== undefined, "a pool that passed validation has urls");
  const canary = resolveCanary(settings, home);
  return {
    name,
    urls,
    urlGroups: resolveUrlGroups({ name, urls }, groups),
    application: resolveApplication(settings, home),
    directory: directoryOf(settings, home),
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
    limits: limitsOf(settings),
    container: resolveContainer(settings.container, home),
    delivery: settings.delivery,
    warmUp: settings.warmUp,
    responseHeaders: settings.responseHeaders,
    ...(canary && { canary }),
  };
}

function directoryOf({ directory, container }: PoolSettings, home: string): string {
  return container.image === undefined ? resolve(home, directory ?? ".") : (directory ?? "/");
}

function limitsOf({ cpu, memory }: PoolSettings): ApplicationPool["limits"] {
  return {
    ...(cpu.limit !== undefined && { cpus: cpu.limit }),
    ...(memory.limit !== undefined && { memoryBytes: memory.limit }),
  };
}

function secretsOf({ secrets }: PoolSettings, home: string): ApplicationPool["secrets"] {
  return Object.fromEntries(
    Object.entries(secrets).map(([name, source]) => [name, resolveSecret(source, home)]),
  );
}
