// For container tests: a runtime over an installation of its own on this machine's engine, launches of small
// images, and the end of everything that was started.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import type { WorkerLaunch, WorkerRuntime } from "@penstock/activation";
import { EventRecorder } from "@penstock/activation/conformance";
import { systemClock } from "@penstock/foundation";
import { DockerEngine } from "../docker-engine.ts";
import { startDockerRuntime, type DockerRuntimeSettings } from "../docker-worker-runtime.ts";
import { parseEngineEndpoint } from "../engine-endpoint.ts";
import type { ListedContainer } from "../found-workers.ts";
import { tarArchive } from "../tar-archive.ts";
import { openWorkerNetwork, type WorkerNetwork } from "../worker-network.ts";
import { givenLaunch } from "./given-launch.ts";

/** Where the engine of these tests is. */
export const engineAddress = process.env["DOCKER_HOST"] ?? "unix:///var/run/docker.sock";

/** An image whose workers behave as the contract suite says. */
export const behavingImage = "penstock-test/behaving-worker";

const nodeImage = "node:24-bookworm-slim";

/** What a runtime told besides its workers. */
export interface ToldAside {
  readonly pulls: [image: string, percent: number][];
  readonly engine: boolean[];
  readonly failures: string[];
  /** Operations that the engine could not do. */
  readonly faults: string[];
}

/** A container as the engine shows it, as far as tests look at it. */
export interface InspectedContainer {
  readonly Id: string;
  readonly Name: string;
  readonly Config: { readonly Labels: Readonly<Record<string, string>> };
  readonly NetworkSettings: { readonly Networks: Readonly<Record<string, unknown>> };
  readonly Mounts: readonly { readonly Name?: string; readonly Destination: string }[];
}

/** A runtime under test. Disposing it ends its workers; nothing of the installation may be left then. */
export class RuntimeUnderTest implements AsyncDisposable {
  readonly engine: DockerEngine;
  readonly told: ToldAside = { pulls: [], engine: [], failures: [], faults: [] };
  #settings: DockerRuntimeSettings;
  readonly #network: WorkerNetwork;
  #runtime: WorkerRuntime | undefined;
  #launches = 0;

  /** Makes the image and the network, and starts a runtime. */
  static async start(parts: Partial<DockerRuntimeSettings> = {}): Promise<RuntimeUnderTest> {
    const engine = await DockerEngine.open(parseEngineEndpoint(engineAddress));
    await buildBehavingImage(engine);
    const installation = `test-${randomBytes(6).toString("hex")}`;
    const network = await openWorkerNetwork({ engine: engineAddress, installation });
    const subject = new RuntimeUnderTest(engine, network, {
      engine: engineAddress,
      installation,
      network: network.name,
      workerImage: behavingImage,
      clock: systemClock,
      observer: {
        called: (operation, _seconds, failed) =>
          void (failed && subject.told.faults.push(operation)),
        pulling: (image, percent) => void subject.told.pulls.push([image, percent]),
        engine: (reachable) => void subject.told.engine.push(reachable),
        failed: (what, cause) => void subject.told.failures.push(`${what}: ${String(cause)}`),
      },
      ...parts,
    });
    subject.#runtime = await startDockerRuntime(subject.#settings);
    return subject;
  }

  private constructor(
    engine: DockerEngine,
    network: WorkerNetwork,
    settings: DockerRuntimeSettings,
  ) {
    this.engine = engine;
    this.#network = network;
    this.#settings = settings;
  }

  get runtime(): WorkerRuntime {
    assert.ok(this.#runtime, "it was started");
    return this.#runtime;
  }

  /** Notes what a runtime tells, this one or another. */
  get observer(): DockerRuntimeSettings["observer"] {
    return this.#settings.observer;
  }

  get installation(): string {
    return this.#settings.installation;
  }

  /** A launch with an id of its own. */
  launch(parts: Partial<WorkerLaunch> = {}): WorkerLaunch {
    const id = `conformance-${this.installation}-${++this.#launches}`;
    const application = { kind: "command", command: ["none"] } as const;
    const plain = givenLaunch({ id, pool: "conformance", application });
    // Its image holds what it runs.
    return { ...plain, container: { ...plain.container, image: behavingImage }, ...parts };
  }

  /** A launch of the worker that behaves so. */
  behaving(behaviour: { readonly kind: string }, parts: Partial<WorkerLaunch> = {}): WorkerLaunch {
    const environment = { BEHAVIOUR: JSON.stringify(behaviour) };
    return this.launch({ environment, ...parts });
  }

  /** A launch of a pair: an idle worker host, and an application that behaves so. */
  pair(behaviour: { readonly kind: string }, parts: Partial<WorkerLaunch> = {}): WorkerLaunch {
    const application = { kind: "image", image: behavingImage, port: 3000 } as const;
    const { container } = givenLaunch();
    return this.behaving(behaviour, { application, container, ...parts });
  }

  /** What the engine shows of each container of a worker. */
  async inspect(id: string): Promise<InspectedContainer[]> {
    const filters = JSON.stringify({ label: [`io.penstock.worker=${id}`] });
    const query = { all: "1", filters };
    const found = await this.engine.call<{ Id: string }[]>("GET", "/containers/json", { query });
    return await Promise.all(
      found.map(({ Id }) => this.engine.call<InspectedContainer>("GET", `/containers/${Id}/json`)),
    );
  }

  /** Starts another runtime over the same workers, as if this one had died. */
  async another(): Promise<WorkerRuntime> {
    return await startDockerRuntime(this.#settings);
  }

  /** Lets go of the runtime and starts another one over the same workers. */
  async restart(): Promise<WorkerRuntime> {
    await this.runtime[Symbol.asyncDispose]();
    this.#runtime = await startDockerRuntime(this.#settings);
    return this.#runtime;
  }

  /** The containers of the installation, whatever their state. */
  async containers(): Promise<ListedContainer[]> {
    const filters = JSON.stringify({ label: [`io.penstock.installation=${this.installation}`] });
    return await this.engine.call("GET", "/containers/json", { query: { all: "1", filters } });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    using recorder = new EventRecorder(this.runtime);
    for (const { id } of await this.runtime.list()) {
      await this.runtime.kill(id);
      await recorder.exitOf(id);
    }
    await this.runtime[Symbol.asyncDispose]();
    const left = await this.containers();
    for (const { Id } of left)
      await this.engine.call("DELETE", `/containers/${Id}`, { query: { force: "1", v: "1" } });
    await this.#network[Symbol.asyncDispose]();
    assert.deepEqual(left, [], "no container is left");
  }
}

/** Builds an image of the Node.js image, a file and lines of a Dockerfile. */
export async function buildImage(
  engine: DockerEngine,
  name: string,
  lines: readonly string[],
  files: readonly { readonly name: string; readonly content: string }[] = [],
): Promise<void> {
  const dockerfile = { name: "Dockerfile", content: [`FROM ${nodeImage}`, ...lines].join("\n") };
  const body = tarArchive([dockerfile, ...files]);
  const said = await engine.stream("POST", "/build", { query: { t: name }, body, patient: true });
  for await (const block of said) assert.doesNotMatch(String(block), /"error"/);
}

async function buildBehavingImage(engine: DockerEngine): Promise<void> {
  const name = "behaving-worker.ts";
  const content = readFileSync(new URL(name, import.meta.url), "utf8");
  const lines = [`COPY ${name} /${name}`, "USER node", `ENTRYPOINT ["node", "/${name}"]`];
  await buildImage(engine, behavingImage, lines, [{ name, content }]);
}
