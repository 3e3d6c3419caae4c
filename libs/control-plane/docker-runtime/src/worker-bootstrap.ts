// What a worker host reads from its standard input before anything else: one JSON document, then the end
// of the stream. Nothing of it can be seen by asking the engine. A worker host that finds its input empty
// was launched by a controller that died in that moment: it has to exit.

import type { WorkerLaunch } from "@penstock/activation";

/** The document. The secrets are those of an application that the worker host itself runs. */
export type WorkerBootstrap = Omit<WorkerLaunch, "environment" | "limits" | "container">;

/** The text of the document. An unmodified image gets its secrets another way: its worker host gets none. */
export function renderWorkerBootstrap(launch: WorkerLaunch): string {
  const secrets = launch.application.kind === "image" ? {} : launch.secrets;
  const bootstrap: WorkerBootstrap = {
    id: launch.id,
    pool: launch.pool,
    generation: launch.generation,
    application: launch.application,
    directory: launch.directory,
    secrets,
    credentials: launch.credentials,
    concurrency: launch.concurrency,
    shutdownTimeLimitMs: launch.shutdownTimeLimitMs,
  };
  return JSON.stringify(bootstrap);
}
