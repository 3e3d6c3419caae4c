// Workers as containers of a Docker engine: the runtime, and the network on which they reach a broker of the
// same machine.

export {
  startDockerRuntime,
  type DockerRuntimeObserver,
  type DockerRuntimeSettings,
} from "./docker-worker-runtime.ts";
export { engineOperations, type EngineOperation } from "./engine-operation.ts";
export { findWorkerContainers } from "./find-worker-containers.ts";
export { findInstallation, loadInstallation } from "./installation.ts";
export {
  openWorkerNetwork,
  type WorkerNetwork,
  type WorkerNetworkSettings,
} from "./worker-network.ts";
