// What a worker host reads from its standard input before anything else: one JSON document, then the end of
// the stream. Neither the process list, nor the environment, nor an engine shows it. A worker host that finds
// its input empty was launched by a controller that died in that moment: it has to exit.

import type { WorkerLaunch } from "./worker-runtime.ts";

/** The document: the launch without what is the process's own environment, and without what the runtime enforces. */
export type WorkerBootstrap = Omit<
  WorkerLaunch,
  "environment" | "secrets" | "limits" | "container"
> & {
  /** Of the application, where the worker host has to hand them on. */
  readonly secrets?: WorkerLaunch["secrets"];
};

/** The text of the document. `secrets`: those that the worker host hands on to its application. */
export function renderWorkerBootstrap(
  launch: WorkerLaunch,
  secrets?: WorkerLaunch["secrets"],
): string {
  const bootstrap: WorkerBootstrap = {
    id: launch.id,
    pool: launch.pool,
    generation: launch.generation,
    application: launch.application,
    directory: launch.directory,
    ...(secrets && { secrets }),
    credentials: launch.credentials,
    concurrency: launch.concurrency,
    shutdownTimeLimitMs: launch.shutdownTimeLimitMs,
  };
  return JSON.stringify(bootstrap);
}
