// A real nats-server for the tests of this package: on loopback, in a folder of its own, gone with them.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ApplicationPool } from "@penstock/domain";
import { NatsLink } from "@penstock/nats-connection";
import { findNatsServer, natsServerCacheDirectory, startNatsServer } from "@penstock/nats-server";

const report = (): void => {};

/** Starts a broker and connects. Disposing `stack` ends both. */
export async function connectToBroker(stack: AsyncDisposableStack): Promise<NatsLink> {
  const environment = process.env;
  const { path } = await findNatsServer({
    cacheDirectory: natsServerCacheDirectory(environment),
    environment,
    report,
  });
  const folder = await mkdtemp(join(tmpdir(), "penstock-administration-"));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const server = stack.use(await startNatsServer({ binary: path, storeDirectory: folder, report }));
  return stack.use(
    await NatsLink.open({
      url: server.url,
      name: "test",
      inboxPrefix: "_T",
      failed: (what, cause) => {
        throw new Error(`${what}: ${String(cause)}`);
      },
    }),
  );
}

/** A pool of which only what concerns its queue matters. */
export function givenPool(
  name: string,
  limits: { queueLength?: number; queueTimeoutMs?: number } = {},
): ApplicationPool {
  return {
    name,
    urls: [`http://+:8080/${name}/`],
    application: { kind: "module", module: "/srv/app.js" },
    directory: "/srv",
    environment: {},
    secrets: {},
    startMode: "OnDemand",
    autoStart: true,
    queueLength: limits.queueLength ?? 1000,
    queueTimeoutMs: limits.queueTimeoutMs ?? 120_000,
    requestTimeoutMs: 0,
    concurrency: 16,
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
    },
    recycling: {
      disallowOverlappingRotation: false,
      disallowRotationOnConfigChange: false,
      periodicRestart: { timeMs: 0, requests: 0, memoryBytes: 0, schedule: [] },
    },
    failure: {
      rapidFailProtection: true,
      rapidFailProtectionIntervalMs: 300_000,
      rapidFailProtectionMaxCrashes: 5,
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
