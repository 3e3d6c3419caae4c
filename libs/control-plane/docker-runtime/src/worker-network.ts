// The network on which workers of one machine reach a broker of that machine: it leads to the host and
// nowhere else, and from one worker to another nothing gets through. In a larger installation somebody else
// makes the network and says its name.

import { describeError, ServiceError } from "@penstock/foundation";
import { DockerEngine } from "./docker-engine.ts";
import { parseEngineEndpoint } from "./engine-endpoint.ts";
import { EngineRefusal, isUnknown } from "./engine-refusal.ts";
import { installationLabel } from "./worker-labels.ts";

/** A network as the engine tells it. */
interface EngineNetwork {
  readonly IPAM: { readonly Config?: readonly { readonly Gateway?: string }[] | null };
}

/** A network for workers. Disposing removes it, if it was made here. */
export interface WorkerNetwork extends AsyncDisposable {
  readonly name: string;
  /** The host's address in it: what listens there is reached by workers. */
  readonly gateway: string;
}

/** Where, and for whom. */
export interface WorkerNetworkSettings {
  /** The engine's address. */
  readonly engine: string;
  /** A network that exists; without it the installation's own is made. */
  readonly name?: string;
  readonly installation: string;
}

/** Finds or makes the network. Throws WorkerRuntimeUnavailable or ServiceError WORKER_NETWORK_UNUSABLE. */
export async function openWorkerNetwork(settings: WorkerNetworkSettings): Promise<WorkerNetwork> {
  const engine = await DockerEngine.open(parseEngineEndpoint(settings.engine));
  const name = settings.name ?? `penstock-${settings.installation}`;
  const gateway = gatewayOf(await findOrMake(engine, name, settings));
  if (gateway === undefined) {
    throw new ServiceError(`network ${name} has no gateway: workers do not reach this machine`, {
      code: "WORKER_NETWORK_UNUSABLE",
      remedy: "Name a bridge network, or none: then one is made.",
    });
  }
  return {
    name,
    gateway,
    async [Symbol.asyncDispose]() {
      if (settings.name === undefined) await remove(engine, name);
    },
  };
}

async function findOrMake(
  engine: DockerEngine,
  name: string,
  settings: WorkerNetworkSettings,
): Promise<EngineNetwork> {
  const path = `/networks/${encodeURIComponent(name)}`;
  try {
    return await engine.call<EngineNetwork>("GET", path);
  } catch (thrown) {
    if (!isUnknown(thrown) || settings.name !== undefined) throw unusable(name, thrown);
  }
  const [label = "", value = ""] = installationLabel(settings.installation).split("=");
  const body = {
    Name: name,
    CheckDuplicate: true,
    Driver: "bridge",
    Internal: true,
    Options: { "com.docker.network.bridge.enable_icc": "false" },
    Labels: { [label]: value },
  };
  await engine.call("POST", "/networks/create", { body }).catch((thrown: unknown) => {
    throw unusable(name, thrown);
  });
  return await engine.call<EngineNetwork>("GET", path);
}

function gatewayOf({ IPAM }: EngineNetwork): string | undefined {
  // The engine may add the length of the subnet.
  return IPAM.Config?.find(({ Gateway }) => Gateway)?.Gateway?.replace(/\/\d+$/, "");
}

async function remove(engine: DockerEngine, name: string): Promise<void> {
  try {
    await engine.call("DELETE", `/networks/${encodeURIComponent(name)}`);
  } catch (thrown) {
    if (!isUnknown(thrown)) throw thrown;
  }
}

function unusable(name: string, thrown: unknown): unknown {
  if (!(thrown instanceof EngineRefusal)) return thrown;
  return new ServiceError(`network ${name} cannot be used: ${describeError(thrown)}`, {
    code: "WORKER_NETWORK_UNUSABLE",
    cause: thrown,
  });
}
