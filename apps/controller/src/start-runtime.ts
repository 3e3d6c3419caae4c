// The worker runtime that the settings name, and whether the pools fit it.

import { fileURLToPath } from "node:url";
import type { ObservedProcess, WorkerRuntime } from "@penstock/activation";
import {
  findInstallation,
  findWorkerContainers,
  loadInstallation,
  startDockerRuntime,
} from "@penstock/docker-runtime";
import type { ApplicationPool } from "@penstock/domain";
import { ServiceError, systemClock } from "@penstock/foundation";
import { findWorkerProcesses, startProcessRuntime } from "@penstock/process-runtime";
import type { ControllerEvents } from "./controller-events.ts";
import type { ControllerSettings } from "./settings.ts";

/** The module that worker processes run. */
const WORKER_ENTRY = fileURLToPath(new URL("../../worker/src/main.ts", import.meta.url));

/** Starts the runtime. Throws WorkerRuntimeUnavailable. */
export function startRuntime(
  settings: ControllerSettings,
  events: ControllerEvents,
): Promise<WorkerRuntime> {
  const { state, runtime, engine, workerImage, workerNetwork = "" } = settings;
  if (runtime === "process")
    return startProcessRuntime({ stateDirectory: state, workerEntry: WORKER_ENTRY });
  return startDockerRuntime({
    engine,
    installation: loadInstallation(state),
    workerImage,
    network: workerNetwork,
    clock: systemClock,
    observer: {
      pulling: (image, percent) => events.pulling(image, percent),
      called: (operation, seconds, failed) => events.engineCalled(operation, seconds, failed),
      engine: (reachable) => events.engineReachable(reachable),
      failed: (what, cause) => events.failed(what, cause),
    },
  });
}

/** The workers that run, looked at and nothing else. Throws WorkerRuntimeUnavailable. */
export async function findWorkers({
  runtime,
  state,
  engine,
}: ControllerSettings): Promise<readonly ObservedProcess[]> {
  if (runtime === "process") return findWorkerProcesses(state);
  const installation = findInstallation(state);
  return installation === undefined ? [] : findWorkerContainers({ engine, installation });
}

/**
 * What of the pools has no effect with this runtime, a sentence each. Throws ServiceError RUNTIME_UNFIT when a
 * pool cannot run at all.
 */
export function runtimeWarnings(
  runtime: ControllerSettings["runtime"],
  pools: readonly ApplicationPool[],
): readonly string[] {
  if (runtime === "docker") return [];
  const images = pools.filter(({ application }) => application.kind === "image");
  if (images.length > 0) {
    const names = images.map(({ name }) => name).join(", ");
    throw new ServiceError(`pools that run an image need the docker runtime: ${names}`, {
      code: "RUNTIME_UNFIT",
      remedy: "Start with --runtime docker, or give them a module or a command.",
    });
  }
  return pools
    .filter(({ limits }) => Object.keys(limits).length > 0)
    .map(
      ({ name }) => `cpu.limit and memory.limit of pool ${name} have no effect without containers`,
    );
}
