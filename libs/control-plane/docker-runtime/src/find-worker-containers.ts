// The workers that run on an engine, looked at and nothing else: nobody attaches to them, and what is left of dead
// ones stays.

import type { ObservedProcess } from "@penstock/activation";
import { DockerEngine } from "./docker-engine.ts";
import { parseEngineEndpoint } from "./engine-endpoint.ts";
import { findWorkers, type ListedContainer } from "./found-workers.ts";
import { installationLabel } from "./worker-labels.ts";

/** All that a runtime for this installation would list. Throws WorkerRuntimeUnavailable. */
export async function findWorkerContainers(settings: {
  readonly engine: string;
  readonly installation: string;
}): Promise<readonly ObservedProcess[]> {
  const engine = await DockerEngine.open(parseEngineEndpoint(settings.engine));
  const listed = await listContainers(engine, settings.installation);
  return findWorkers(listed).workers.map(({ worker }) => worker);
}

/** Every container of an installation, running or not. */
export function listContainers(
  engine: DockerEngine,
  installation: string,
): Promise<readonly ListedContainer[]> {
  const filters = JSON.stringify({ label: [installationLabel(installation)] });
  return engine.call("GET", "/containers/json", { query: { all: "1", filters } });
}
