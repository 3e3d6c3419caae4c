// Brings the containers of one worker to life, in the order that keeps a crash of the controller harmless:
//
//   1 images        those that are pulled anyway
//   2 create        both halves at the same time; an image that the engine lacks is pulled now
//   3 attach        to both; further networks, secrets
//   4 start host    then it gets its document: a controller that dies before leaves one that reads an empty
//                   input and exits
//   5 start image   in the network of the host
//
// A host that waited for this launch runs already, and is attached to: it gets the worker's name instead, before
// its document. Under its former name nobody takes it for a worker.
//
// Whatever goes wrong, nothing is left.

import type { Duplex } from "node:stream";
import { renderWorkerBootstrap, type WorkerLaunch } from "@penstock/activation";
import { describeError, ServiceError } from "@penstock/foundation";
import type { DockerEngine } from "./docker-engine.ts";
import { EngineRefusal, isUnknown } from "./engine-refusal.ts";
import type { ImageStore, WantedImage } from "./image-store.ts";
import { type PlannedContainer, secretsFolder, type WorkerPlan } from "./plan-worker.ts";
import { tarArchive } from "./tar-archive.ts";
import type { ContainerRole } from "./worker-labels.ts";

/** A container that runs, and the socket that carries its output. */
export interface StartedContainer {
  readonly role: ContainerRole;
  readonly container: string;
  readonly output: Duplex;
}

/** A worker host that was started before it was needed. */
export interface WaitingHost {
  readonly container: string;
  /** The name of its image. */
  readonly image: string;
  /** Its input and output: nothing was said yet. */
  readonly socket: Duplex;
}

/** What a worker is made with. */
export interface WorkerWorkshop {
  readonly engine: DockerEngine;
  readonly images: ImageStore;
}

/** What was made. */
export interface CreatedWorker {
  readonly containers: readonly StartedContainer[];
  /** How long images were fetched for it, milliseconds; missing where none was. */
  readonly pulledMs?: number;
}

/** Creates and starts, all of it or what a host in waiting lacks. Rejects with a {@link ServiceError} that says at which step, or WorkerRuntimeUnavailable. */
export async function createWorker(
  workshop: WorkerWorkshop,
  launch: WorkerLaunch,
  plan: WorkerPlan,
  waiting?: WaitingHost,
): Promise<CreatedWorker> {
  const { engine } = workshop;
  // Both halves begin at the same time: the longer one is what was waited for.
  let pulledMs = 0;
  const pulled = (tookMs: number) => void (pulledMs = Math.max(pulledMs, tookMs));
  await using unwind = new AsyncDisposableStack();
  const made = async (planned: PlannedContainer): Promise<string> => {
    const container = await create(workshop, planned, wantedImage(launch, planned), pulled);
    // An engine that went away in between does not answer here either: what is left is found later.
    unwind.defer(() => removeContainer(engine, container).catch(() => {}));
    return container;
  };
  const taken = async ({ container, socket }: WaitingHost): Promise<string> => {
    unwind.defer(() => removeContainer(engine, container).catch(() => {}));
    unwind.defer(() => void socket.destroy());
    await rename(engine, container, plan.host);
    return container;
  };
  const attached = async (container: string, input: boolean): Promise<Duplex> => {
    const socket = await engine.attach(container, input);
    unwind.defer(() => void socket.destroy());
    return socket;
  };
  const { application } = plan;
  const [host, image] = await Promise.allSettled([
    waiting ? taken(waiting) : made(plan.host),
    application && made(application),
  ]).then(allOrFirstFailure);
  const [hostOutput, imageOutput] = await Promise.all([
    waiting?.socket ?? attached(host, true),
    image === undefined ? undefined : attached(image, false),
    !waiting && joinNetworks(engine, host, plan.networks),
    image !== undefined && application && putSecrets(engine, image, application.secrets),
  ]);
  if (!waiting) await start(engine, host, plan.host);
  // An unmodified image gets its secrets itself; its worker host gets none.
  hostOutput.end(renderWorkerBootstrap(launch, application ? {} : launch.secrets));
  const started: StartedContainer[] = [{ role: "host", container: host, output: hostOutput }];
  if (application && image !== undefined && imageOutput) {
    await start(engine, image, application);
    started.push({ role: "application", container: image, output: imageOutput });
  }
  unwind.move();
  return { containers: started, ...(pulledMs > 0 && { pulledMs }) };
}

/**
 * Creates and starts a host whose worker may be needed next, if its image is there: to fetch one is for a launch
 * to do. Rejects with EngineRefusal when it is not, and as {@link createWorker} does.
 */
export async function createWaitingHost(
  engine: DockerEngine,
  { host, networks }: Pick<WorkerPlan, "host" | "networks">,
): Promise<WaitingHost> {
  await using unwind = new AsyncDisposableStack();
  const container = await createContainer(engine, host);
  unwind.defer(() => removeContainer(engine, container).catch(() => {}));
  const socket = await engine.attach(container, true);
  unwind.defer(() => void socket.destroy());
  // Nobody reads it yet. That its container is gone is told by the engine's events.
  socket.on("error", () => {});
  await joinNetworks(engine, container, networks);
  await start(engine, container, host);
  unwind.move();
  return { container, image: host.configuration.Image, socket };
}

/** Removes a container, running or not, with its nameless volumes. One that is gone, or just goes, is left at that. */
export async function removeContainer(engine: DockerEngine, container: string): Promise<void> {
  try {
    await engine.call("DELETE", `/containers/${container}`, { query: { force: "1", v: "1" } });
  } catch (thrown) {
    const isGoing = thrown instanceof EngineRefusal && thrown.status === 409;
    if (!isUnknown(thrown) && !isGoing) throw thrown;
  }
}

/** The pool's policy is for the pool's image; the worker host beside it is fetched where it is missing. */
function wantedImage(
  { application, container }: WorkerLaunch,
  planned: PlannedContainer,
): WantedImage {
  const image = planned.configuration.Image;
  const own = application.kind === "image" ? application.image : container.image;
  if (image !== own)
    return { image, policy: container.pullPolicy === "never" ? "never" : "missing" };
  const { pullPolicy: policy, registry } = container;
  return { image, policy, ...(registry && { registry }) };
}

async function create(
  { engine, images }: WorkerWorkshop,
  planned: PlannedContainer,
  wanted: WantedImage,
  pulled: (tookMs: number) => void,
): Promise<string> {
  const { name } = planned;
  const pull = async (): Promise<void> => {
    const startedAt = performance.now();
    await images.pull(wanted);
    pulled(performance.now() - startedAt);
  };
  if (wanted.policy === "always") await pull();
  const attempt = () => createContainer(engine, planned);
  try {
    return await attempt();
  } catch (thrown) {
    if (!isUnknown(thrown) || (await images.has(wanted.image))) throw notCreated(name, thrown);
  }
  await pull();
  return await attempt().catch((thrown: unknown) => {
    throw notCreated(name, thrown);
  });
}

async function createContainer(
  engine: DockerEngine,
  { name, configuration }: PlannedContainer,
): Promise<string> {
  const call = { query: { name }, body: configuration };
  return (await engine.call<{ Id: string }>("POST", "/containers/create", call)).Id;
}

async function rename(engine: DockerEngine, container: string, { name }: PlannedContainer) {
  try {
    await engine.call("POST", `/containers/${container}/rename`, { query: { name } });
  } catch (thrown) {
    throw refused(thrown, "CONTAINER_NOT_RENAMED", `a container cannot be renamed ${name}`);
  }
}

function notCreated(name: string, thrown: unknown): unknown {
  return refused(thrown, "CONTAINER_NOT_CREATED", `container ${name} cannot be created`);
}

async function start(engine: DockerEngine, container: string, planned: PlannedContainer) {
  const { name, configuration } = planned;
  try {
    await engine.call("POST", `/containers/${container}/start`);
  } catch (thrown) {
    const what = `container ${name} of image ${configuration.Image} cannot be started`;
    throw refused(thrown, "CONTAINER_NOT_STARTED", what);
  }
}

async function joinNetworks(engine: DockerEngine, container: string, networks: readonly string[]) {
  for (const network of networks) {
    const path = `/networks/${encodeURIComponent(network)}/connect`;
    try {
      await engine.call("POST", path, { body: { Container: container } });
    } catch (thrown) {
      throw refused(thrown, "NETWORK_NOT_JOINED", `network ${network} cannot be joined`);
    }
  }
}

async function putSecrets(
  engine: DockerEngine,
  container: string,
  secrets: Readonly<Record<string, string>>,
): Promise<void> {
  const files = Object.entries(secrets).map(([name, content]) => ({ name, content }));
  if (files.length === 0) return;
  const query = { path: secretsFolder };
  const body = tarArchive(files);
  try {
    await engine.call("PUT", `/containers/${container}/archive`, { query, body });
  } catch (thrown) {
    throw refused(thrown, "SECRETS_NOT_HANDED_OVER", "the secrets cannot be handed over");
  }
}

/** What the engine refuses becomes a failure of ours; that it cannot be reached stays what it is. */
function refused(thrown: unknown, code: string, what: string): unknown {
  if (!(thrown instanceof EngineRefusal)) return thrown;
  return new ServiceError(`${what}: ${describeError(thrown)}`, { code, cause: thrown });
}

/** Both have to settle before anything is unwound: what was created in the meantime is known then. */
function allOrFirstFailure<A, B>([first, second]: readonly [
  PromiseSettledResult<A>,
  PromiseSettledResult<B>,
]): readonly [A, B] {
  if (first.status === "rejected") throw first.reason;
  if (second.status === "rejected") throw second.reason;
  return [first.value, second.value];
}
