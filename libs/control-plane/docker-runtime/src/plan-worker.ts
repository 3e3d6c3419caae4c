// The containers of a worker, made from its launch. Pure.
//
//   application      containers
//   module, command  one: the worker host, with the application in it
//   image            two: the worker host, on the network where it reaches the broker; the image as it is, in
//                    the worker host's network namespace, where the two meet on loopback
//
// Nothing secret stands in a configuration: everybody who may ask the engine can read it.

import type { WorkerLaunch, WorkerPreparation } from "@penstock/activation";
import type {
  ContainerConfiguration,
  HostConfiguration,
  Mount,
} from "./container-configuration.ts";
import { workerLabels } from "./worker-labels.ts";

/** What is the same for all workers of a runtime. */
export interface WorkerSurroundings {
  readonly installation: string;
  /** The image of the worker host. */
  readonly workerImage: string;
  /** The network on which workers reach the broker. */
  readonly network: string;
}

/** One container to be made. */
export interface PlannedContainer {
  readonly name: string;
  readonly configuration: ContainerConfiguration;
}

/** The containers of one worker. */
export interface WorkerPlan {
  readonly host: PlannedContainer;
  readonly application?: PlannedContainer & {
    /** Files that are put into {@link secretsFolder} before it starts. */
    readonly secrets: Readonly<Record<string, string>>;
  };
  /** Further networks of the worker's network namespace. */
  readonly networks: readonly string[];
}

/** What a container is called while it waits to become a worker's. Its name is all that can be changed about it. */
export const waitingPrefix = "penstock-waiting-";

/** Where an image finds its secrets, a file for each. */
export const secretsFolder = "/run/secrets";

/** What the worker host beside an image needs at most: it passes bytes on within windows. */
const HOST_MEMORY_BYTES = 256 * 1024 * 1024;
const HOST_PROCESSES = 64;

/** Output that the engine keeps of a container for `docker logs`. */
const LOG_CONFIGURATION = { Type: "json-file", Config: { "max-size": "10m", "max-file": "2" } };

/** Files in memory count as the container's memory; without a limit of its own this is theirs. */
const TMPFS_SIZE = "256m";

/** Plans. `folders`: those of the host that the application sees, where its image does not hold it. */
export function planWorker(
  launch: WorkerLaunch,
  around: WorkerSurroundings,
  at: { readonly folders: readonly string[]; readonly startedAt: number },
): WorkerPlan {
  const { application, container } = launch;
  const { networks } = container;
  const name = `penstock-${launch.id}`;
  const halves = application.kind === "image" ? 2 : 1;
  const labels = (role: "host" | "application") =>
    workerLabels(launch, { ...around, role, halves, startedAt: at.startedAt });
  const network = networkOf(launch, around);
  if (application.kind !== "image") {
    const configuration = {
      ...withInput(common(launch, container.image ?? around.workerImage, labels("host"))),
      ...(container.user !== undefined && { User: container.user }),
      Env: variables({ ...launch.environment, ...place(launch) }),
      HostConfig: { ...confined(launch, at.folders.map(folderMount)), ...network },
    };
    return { host: { name, configuration }, networks };
  }
  const host = {
    ...withInput(common(launch, around.workerImage, labels("host"))),
    HostConfig: { ...confinedHost(), ...network },
  };
  const secrets = Object.keys(launch.secrets);
  const secretFiles = secrets.map((key) => [`${key}_FILE`, `${secretsFolder}/${key}`]);
  const environment: Record<string, string> = {
    ...launch.environment,
    ...Object.fromEntries(secretFiles),
    ...place(launch),
    PORT: String(application.port),
  };
  const secretsMount: Mount[] =
    secrets.length === 0 ? [] : [{ Type: "volume", Target: secretsFolder }];
  const image = {
    ...common(launch, application.image, labels("application")),
    ...(container.user !== undefined && { User: container.user }),
    Env: variables(environment),
    HostConfig: { ...confined(launch, secretsMount), NetworkMode: `container:${name}` },
  };
  return {
    host: { name, configuration: host },
    application: {
      name: `${name}-application`,
      configuration: image,
      secrets: launch.secrets,
    },
    networks,
  };
}

/** Plans the worker host of a worker that may be needed next: as its launch will, under another name. */
export function planWaitingHost(
  preparation: WorkerPreparation,
  around: WorkerSurroundings,
  at: { readonly folders: readonly string[]; readonly startedAt: number },
): Pick<WorkerPlan, "host" | "networks"> {
  const { host, networks } = planWorker(
    { ...preparation, credentials: "", secrets: {} },
    around,
    at,
  );
  return { host: { ...host, name: `${waitingPrefix}${preparation.id}` }, networks };
}

function common(
  launch: WorkerLaunch,
  image: string,
  labels: Readonly<Record<string, string>>,
): Omit<ContainerConfiguration, "HostConfig"> {
  return {
    Image: image,
    Env: [],
    Labels: labels,
    AttachStdout: true,
    AttachStderr: true,
    // Penstock knows itself how its workers are.
    Healthcheck: { Test: ["NONE"] },
    StopTimeout: Math.ceil(launch.shutdownTimeLimitMs / 1000),
  };
}

/** Standard input that ends with the one who attached to it first: also when that one dies. */
function withInput<C>(configuration: C) {
  return { ...configuration, AttachStdin: true, OpenStdin: true, StdinOnce: true };
}

/** The worker's network leads to the broker and nowhere else; then its resolver must not lead out either. */
function networkOf({ container }: WorkerLaunch, { network }: WorkerSurroundings) {
  return { NetworkMode: network, ...(container.networks.length === 0 && { Dns: ["127.0.0.1"] }) };
}

function confined(
  { container, limits }: WorkerLaunch,
  mounts: readonly Mount[],
): Omit<HostConfiguration, "NetworkMode"> {
  const { cpus, memoryBytes } = limits;
  const volumes = container.volumes.map(({ source, target, readOnly }): Mount => ({
    Type: source.startsWith("/") ? "bind" : "volume",
    Source: source,
    Target: target,
    ReadOnly: readOnly,
  }));
  const size = memoryBytes === undefined ? TMPFS_SIZE : String(memoryBytes);
  const folders = ["/tmp", ...container.tmpfs];
  return {
    ...bounds,
    CapAdd: container.capabilities,
    ReadonlyRootfs: container.readOnlyRoot,
    Tmpfs: Object.fromEntries(folders.map((path) => [path, `mode=1777,size=${size}`])),
    PidsLimit: container.processes,
    // Without swap: a limit on memory is one.
    ...(memoryBytes !== undefined && { Memory: memoryBytes, MemorySwap: memoryBytes }),
    ...(cpus !== undefined && { NanoCpus: Math.round(cpus * 1e9) }),
    Mounts: [...mounts, ...volumes],
  };
}

function confinedHost(): Omit<HostConfiguration, "NetworkMode"> {
  return {
    ...bounds,
    CapAdd: [],
    ReadonlyRootfs: true,
    Tmpfs: {},
    PidsLimit: HOST_PROCESSES,
    Memory: HOST_MEMORY_BYTES,
    MemorySwap: HOST_MEMORY_BYTES,
    Mounts: [],
  };
}

/** What holds for every container. */
const bounds = {
  CapDrop: ["ALL"],
  SecurityOpt: ["no-new-privileges:true"],
  // Reaps what is left behind, and passes signals on to programs that do not expect to be the first.
  Init: true,
  LogConfig: LOG_CONFIGURATION,
} as const;

function folderMount(path: string): Mount {
  return { Type: "bind", Source: path, Target: path, ReadOnly: true };
}

function place({ pool, id }: WorkerLaunch): Record<string, string> {
  return { PENSTOCK_POOL: pool, PENSTOCK_WORKER: id };
}

function variables(environment: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(environment).map(([name, value]) => `${name}=${value}`);
}
