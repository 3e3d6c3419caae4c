// A pool as configuration would give it, with every value that the queue needs.

import type { ApplicationPool } from "@penstock/domain";
import type { TestBroker } from "./broker.ts";

/** A pool's definition. Only its queue's limits matter here. */
export function poolOf(name: string, queueLength = 1000): ApplicationPool {
  return {
    name,
    urls: ["http://+:80/"],
    application: { kind: "module", module: "app.ts" },
    directory: "/",
    environment: {},
    secrets: {},
    startMode: "OnDemand",
    autoStart: true,
    queueLength,
    queueTimeoutMs: 60_000,
    requestTimeoutMs: 0,
    concurrency: 100,
    processModel: {
      minProcesses: 0,
      maxProcesses: 10,
      idleTimeoutMs: 0,
      idleTimeoutAction: "Terminate",
      startupTimeLimitMs: 10_000,
      shutdownTimeLimitMs: 10_000,
      pingingEnabled: false,
      pingIntervalMs: 30_000,
      pingResponseTimeMs: 30_000,
    },
    recycling: {
      disallowOverlappingRotation: false,
      disallowRotationOnConfigChange: false,
      periodicRestart: { timeMs: 0, requests: 0, memoryBytes: 0, schedule: [] },
    },
    failure: {
      rapidFailProtection: false,
      rapidFailProtectionIntervalMs: 0,
      rapidFailProtectionMaxCrashes: 0,
      autoRecoverMs: 0,
      orphanWorkerProcess: false,
      loadBalancerCapabilities: "HttpLevel",
    },
    limits: {},
    container: {
      capabilities: [],
      readOnlyRoot: true,
      tmpfs: [],
      volumes: [],
      networks: [],
      pullPolicy: "missing",
      processes: 512,
    },
    delivery: { redispatch: "idempotent", maxAttempts: 3 },
    responseHeaders: "plain",
  };
}

/** Makes a pool's account and queue exist. */
export async function provisionPool(
  broker: TestBroker,
  name: string,
  options: { connectionsMax?: number; queueLength?: number } = {},
): Promise<void> {
  await broker.accounts.provision(name, { connectionsMax: options.connectionsMax ?? 20 });
  await broker.queues.provision(poolOf(name, options.queueLength));
}
