// What a worker host reads from its standard input before anything else: one JSON document, then the end
// of the stream. Neither the process list nor the environment shows it. A worker host that finds its
// input empty was launched by a controller that died in that moment: it has to exit.

import type { WorkerLaunch } from "@penstock/activation";

/** The document: the launch without what is the process's own environment, and without what only containers have. */
export type WorkerBootstrap = Omit<
  WorkerLaunch,
  "environment" | "secrets" | "limits" | "container"
>;

/** The text of the document. */
export function renderWorkerBootstrap(launch: WorkerLaunch): string {
  const bootstrap: WorkerBootstrap = {
    id: launch.id,
    pool: launch.pool,
    generation: launch.generation,
    application: launch.application,
    directory: launch.directory,
    credentials: launch.credentials,
    concurrency: launch.concurrency,
    shutdownTimeLimitMs: launch.shutdownTimeLimitMs,
  };
  return JSON.stringify(bootstrap);
}
