// Puts together what a worker is launched with. Secrets are read here, at the last moment, and go to the
// worker only.

import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import type { WorkerLaunch, WorkerPreparation } from "@penstock/activation";
import { describeError, ServiceError } from "@penstock/foundation";
import type { ApplicationPool, SecretSource } from "@penstock/domain";

/** Random bytes in a worker's name: names are never reused. */
const NAME_BYTES = 4;

/** A new worker name: `<pool>-<random>`, of a canary `<pool>-canary-<random>`: folders and containers are named so. */
export function newWorkerId(pool: string): string {
  return `${pool.replace("~", "-")}-${randomBytes(NAME_BYTES).toString("hex")}`;
}

/** Composes what is known of a worker before it is needed: nothing that is read at the last moment. */
export function composePreparation(
  { container: { registry: _registry, ...container }, ...pool }: ApplicationPool,
  worker: { readonly id: string; readonly generation: string },
): WorkerPreparation {
  return {
    id: worker.id,
    pool: pool.name,
    generation: worker.generation,
    application: pool.application,
    directory: pool.directory,
    environment: pool.environment,
    limits: pool.limits,
    container,
    concurrency: pool.concurrency,
    shutdownTimeLimitMs: pool.processModel.shutdownTimeLimitMs,
  };
}

/** Composes a launch. Throws ServiceError SECRET_NOT_READABLE. */
export function composeLaunch(
  pool: ApplicationPool,
  worker: {
    readonly id: string;
    readonly generation: string;
    readonly natsUrl: string;
    readonly natsCredentials: string;
  },
): WorkerLaunch {
  const { registry } = pool.container;
  const preparation = composePreparation(pool, worker);
  const secrets: Record<string, string> = {};
  for (const [name, source] of Object.entries(pool.secrets))
    secrets[name] = readSecret(pool.name, name, source);
  return {
    ...preparation,
    secrets,
    container: {
      ...preparation.container,
      ...(registry && {
        registry: {
          username: registry.username,
          password: readSecret(pool.name, "container.registry.password", registry.password),
        },
      }),
    },
    credentials: JSON.stringify({
      natsUrl: worker.natsUrl,
      natsCredentials: worker.natsCredentials,
      startupTimeLimitMs: pool.processModel.startupTimeLimitMs,
      warmUp: pool.warmUp,
    }),
  };
}

function readSecret(pool: string, name: string, source: SecretSource): string {
  const where = "file" in source ? `file ${source.file}` : `environment variable ${source.env}`;
  try {
    if ("file" in source) return readFileSync(source.file, "utf8").replace(/\r?\n$/, "");
    const value = process.env[source.env];
    if (value === undefined) throw new Error("it is not set");
    return value;
  } catch (cause) {
    throw new ServiceError(
      `secret ${name} of pool "${pool}" cannot be read from ${where}: ${describeError(cause)}`,
      {
        code: "SECRET_NOT_READABLE",
        cause,
      },
    );
  }
}
