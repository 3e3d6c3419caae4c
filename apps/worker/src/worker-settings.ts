// What a worker host is told over its standard input: which application to run, where its queue is, and its
// limits. Checked, because a worker host may be started by hand.

import { ServiceError } from "@penstock/foundation";
import type { ApplicationSource } from "@penstock/domain";

/** A worker's settings. */
export interface WorkerSettings {
  readonly id: string;
  readonly pool: string;
  readonly application: ApplicationSource;
  readonly directory: string;
  /** Joins the environment; empty where the runtime put it there already. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly concurrency: number;
  readonly shutdownTimeLimitMs: number;
  readonly startupTimeLimitMs: number;
  /** Paths that the application has to answer before this worker is ready. */
  readonly warmUp: readonly string[];
  readonly natsUrl: string;
  /** Who this worker is at the broker, as parseCredentials reads it. */
  readonly natsCredentials: string;
}

/** Reads the document. Undefined when it is empty: whoever started this worker is gone. Throws ServiceError WORKER_SETTINGS_INVALID. */
export function parseWorkerSettings(document: string): WorkerSettings | undefined {
  if (document.trim() === "") return undefined;
  try {
    const bootstrap = JSON.parse(document) as Omit<WorkerSettings, keyof Handed | "secrets"> & {
      credentials: string;
      secrets?: Readonly<Record<string, string>>;
    };
    const { natsUrl, natsCredentials, startupTimeLimitMs, warmUp } = JSON.parse(
      bootstrap.credentials,
    ) as Handed;
    const { id, pool, application, directory, concurrency, shutdownTimeLimitMs } = bootstrap;
    const { secrets = {} } = bootstrap;
    if (!id || !pool || !application || !natsUrl || !natsCredentials)
      throw new Error("id, pool, application and credentials are needed");
    return {
      id,
      pool,
      application,
      directory,
      secrets,
      concurrency,
      shutdownTimeLimitMs,
      startupTimeLimitMs,
      warmUp,
      natsUrl,
      natsCredentials,
    };
  } catch (cause) {
    throw new ServiceError(
      `the worker's settings on standard input are not valid: ${cause instanceof Error ? cause.message : String(cause)}`,
      {
        code: "WORKER_SETTINGS_INVALID",
        remedy: "Workers are started by the controller, which writes them.",
        cause,
      },
    );
  }
}

/** What the controller hands over as opaque credentials. */
type Handed = Pick<WorkerSettings, "natsUrl" | "natsCredentials" | "startupTimeLimitMs" | "warmUp">;
