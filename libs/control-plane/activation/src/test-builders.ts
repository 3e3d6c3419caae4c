// Values for tests: each builder gives a plain example and takes what the test is about.

import type { ApplicationPool } from "@penstock/domain";
import type { DesiredPool } from "./desired-pool.ts";
import {
  nothingObserved,
  type ObservedPool,
  type ObservedWorker,
  type WorkerExit,
} from "./observed-pool.ts";

/** The parts of a pool that tests vary. */
export interface PoolChanges extends Partial<
  Pick<ApplicationPool, "startMode" | "concurrency" | "name">
> {
  readonly processModel?: Partial<ApplicationPool["processModel"]>;
  readonly recycling?: Partial<ApplicationPool["recycling"]>;
  readonly failure?: Partial<ApplicationPool["failure"]>;
}

/** A pool `app` with Penstock's defaults, but 10 requests per worker. */
export function aPool(changes: PoolChanges = {}): ApplicationPool {
  return {
    urls: [],
    application: { kind: "command", command: ["app"] },
    directory: "/",
    environment: {},
    secrets: {},
    autoStart: true,
    queueLength: 1000,
    queueTimeoutMs: 120_000,
    requestTimeoutMs: 0,
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
    name: changes.name ?? "app",
    startMode: changes.startMode ?? "OnDemand",
    concurrency: changes.concurrency ?? 10,
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
      ...changes.processModel,
    },
    recycling: {
      disallowOverlappingRotation: false,
      disallowRotationOnConfigChange: false,
      periodicRestart: { timeMs: 0, requests: 0, memoryBytes: 0, schedule: [] },
      ...changes.recycling,
    },
    failure: {
      rapidFailProtection: true,
      rapidFailProtectionIntervalMs: 300_000,
      rapidFailProtectionMaxCrashes: 5,
      autoRecoverMs: 0,
      orphanWorkerProcess: false,
      loadBalancerCapabilities: "HttpLevel",
      ...changes.failure,
    },
  };
}

/** An enabled pool of generation `g1`. */
export function desire(
  changes: PoolChanges = {},
  facts: Partial<Omit<DesiredPool, "pool">> = {},
): DesiredPool {
  return { pool: aPool(changes), generation: "g1", enabled: true, operatorStarts: 0, ...facts };
}

/** A worker of generation `g1` that is ready and idle since 0. */
export function aWorker(id: string, changes: Partial<ObservedWorker> = {}): ObservedWorker {
  const startedAt = changes.startedAt ?? 0;
  return {
    id,
    pool: "app",
    generation: "g1",
    phase: "ready",
    phaseSince: startedAt,
    startedAt,
    running: 0,
    ...changes,
  };
}

/** The pool `app` with these workers, no load known. */
export function seen(
  workers: readonly ObservedWorker[] = [],
  changes: Partial<ObservedPool> = {},
): ObservedPool {
  return { ...nothingObserved("app"), workers, ...changes };
}

/** An exit that nobody asked for, with code 1. */
export function anExit(at: number, changes: Partial<WorkerExit> = {}): WorkerExit {
  return {
    id: `app-${at}`,
    pool: "app",
    phase: "ready",
    code: 1,
    signal: null,
    outOfMemory: false,
    detail: "TypeError: x is not a function",
    at,
    ...changes,
  };
}
