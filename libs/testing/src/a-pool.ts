// A pool as configuration would give it, and what stands in one.

import { httpSysUrlGroup, type ApplicationPool } from "@penstock/domain";

/** What a test says about a pool: groups of settings may be given in part. */
export type PoolChanges = Partial<
  Omit<ApplicationPool, "processModel" | "recycling" | "failure">
> & {
  readonly processModel?: Partial<ApplicationPool["processModel"]>;
  readonly recycling?: Partial<ApplicationPool["recycling"]>;
  readonly failure?: Partial<ApplicationPool["failure"]>;
};

/** Containers of workers, by Penstock's defaults. */
export const defaultContainer = {
  capabilities: [],
  readOnlyRoot: true,
  tmpfs: [],
  volumes: [],
  networks: [],
  pullPolicy: "missing",
  processes: 512,
} as const satisfies ApplicationPool["container"];

/** A pool with Penstock's defaults, but for these changes. */
export function aPool({
  processModel,
  recycling,
  failure,
  ...changes
}: PoolChanges = {}): ApplicationPool {
  const { name = "app", urls = [] } = changes;
  return {
    name,
    urls,
    urlGroups: [{ name, urls, ...httpSysUrlGroup }],
    application: { kind: "command", command: ["app"] },
    directory: "/",
    environment: {},
    secrets: {},
    startMode: "OnDemand",
    autoStart: true,
    queueLength: 1000,
    queueTimeoutMs: 120_000,
    requestTimeoutMs: 0,
    concurrency: 16,
    limits: {},
    container: defaultContainer,
    delivery: { redispatch: "idempotent", maxAttempts: 3 },
    warmUp: [],
    responseHeaders: "plain",
    ...changes,
    processModel: {
      minProcesses: 0,
      maxProcesses: 4,
      idleTimeoutMs: 1_200_000,
      idleTimeoutAction: "Terminate",
      startupTimeLimitMs: 90_000,
      shutdownTimeLimitMs: 90_000,
      pingingEnabled: true,
      pingIntervalMs: 10_000,
      pingResponseTimeMs: 30_000,
      ...processModel,
    },
    recycling: {
      disallowOverlappingRotation: false,
      disallowRotationOnConfigChange: false,
      periodicRestart: { timeMs: 0, requests: 0, memoryBytes: 0, schedule: [] },
      ...recycling,
    },
    failure: {
      rapidFailProtection: true,
      rapidFailProtectionIntervalMs: 300_000,
      rapidFailProtectionMaxCrashes: 5,
      autoRecoverMs: 0,
      orphanWorkerProcess: false,
      loadBalancerCapabilities: "HttpLevel",
      ...failure,
    },
  };
}
