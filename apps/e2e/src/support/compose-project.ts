// docker-compose.yml as it is shipped, as a project of its own: other names, free ports, images of its own, so
// that it runs beside whatever else is on the machine. Gone with the test, images included.

import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { waitingPrefix } from "./container-penstock.ts";
import { docker, dockerLines } from "./docker.ts";
import { freePorts } from "@penstock/testing";
import { MetricsText } from "./metrics-text.ts";

/** The root of the repository. */
export const ROOT = fileURLToPath(new URL("../../../..", import.meta.url));

/** One running compose project. */
export class ComposeProject implements AsyncDisposable {
  readonly name: string;
  readonly #ports: Readonly<
    Record<"traffic" | "admin" | "metrics" | "operations" | "prometheus", number>
  >;
  readonly #environment: NodeJS.ProcessEnv;
  #installation: string | undefined;

  readonly #files: readonly string[];

  private constructor(name: string, ports: readonly number[], overlays: readonly string[]) {
    const [traffic = 0, admin = 0, metrics = 0, operations = 0, prometheus = 0] = ports;
    this.name = name;
    this.#files = ["docker-compose.yml", ...overlays].flatMap((file) => ["--file", ROOT + file]);
    this.#ports = { traffic, admin, metrics, operations, prometheus };
    this.#environment = {
      COMPOSE_PROJECT_NAME: name,
      PENSTOCK_IMAGES: name,
      PENSTOCK_PORT: String(traffic),
      PENSTOCK_ADMIN_PORT: String(admin),
      PENSTOCK_METRICS_PORT: String(metrics),
      PENSTOCK_OPERATIONS_PORT: String(operations),
      PENSTOCK_PROMETHEUS_PORT: String(prometheus),
    };
  }

  /** A project that nothing was started of yet. */
  static async create(...overlays: readonly string[]): Promise<ComposeProject> {
    const name = `penstock-test-${randomBytes(4).toString("hex")}`;
    return new ComposeProject(name, await freePorts(5), overlays);
  }

  /** A project that is up. `overlays`: further compose files, from the root of the repository. */
  static async up(...overlays: readonly string[]): Promise<ComposeProject> {
    await using stack = new AsyncDisposableStack();
    const project = stack.use(await ComposeProject.create(...overlays));
    await project.compose("up", "--build", "--wait");
    stack.move();
    return project;
  }

  /** Where clients ask. */
  get origin(): string {
    return `http://127.0.0.1:${this.#ports.traffic}`;
  }

  /** Runs `docker compose …` on it. */
  compose(...args: readonly string[]): Promise<string> {
    const project = ["--project-directory", ROOT, ...this.#files];
    return docker(["compose", ...project, ...args], this.#environment);
  }

  /** Runs a program in a service's container, as the user of that name in the images; returns what it printed. */
  inside(service: string, command: readonly string[]): Promise<string> {
    return this.compose("exec", "--no-TTY", "--user", "node", service, ...command);
  }

  /** A scrape of a role. */
  async metrics(role: "listener" | "controller"): Promise<MetricsText> {
    const port = role === "listener" ? this.#ports.operations : this.#ports.metrics;
    const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
    return new MetricsText(await answer.text());
  }

  /** Asks the API of its Prometheus. */
  async prometheus(path: string): Promise<PrometheusAnswer> {
    const answer = await fetch(`http://127.0.0.1:${this.#ports.prometheus}/api/v1/${path}`);
    return (await answer.json()) as PrometheusAnswer;
  }

  /** The containers of its services, ended ones too. */
  async services(): Promise<string[]> {
    return await dockerLines(["ps", "-a", ...this.#mine, "--format", "{{.Names}}"]);
  }

  /** The containers of its workers, ended ones too; not those that wait for the next. */
  async workers(): Promise<string[]> {
    return (await this.besideServices()).filter((name) => !name.startsWith(waitingPrefix));
  }

  /** All containers that are no services. Its controller has to have run once while this, or workers, was asked. */
  async besideServices(): Promise<string[]> {
    this.#installation ??= await this.inside("controller", [
      "cat",
      "/var/lib/penstock/installation",
    ]);
    const label = `label=io.penstock.installation=${this.#installation}`;
    return await dockerLines(["ps", "-a", "--filter", label, "--format", "{{.Names}}"]);
  }

  /** Its networks and volumes. */
  async networks(): Promise<string[]> {
    return await dockerLines(["network", "ls", ...this.#mine, "--format", "{{.Name}}"]);
  }

  async volumes(): Promise<string[]> {
    return await dockerLines(["volume", "ls", ...this.#mine, "--format", "{{.Name}}"]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.compose("down", "--volumes", "--remove-orphans");
    const images = await dockerLines(["image", "ls", "--quiet", `${this.name}/*`]);
    if (images.length > 0) await docker(["image", "rm", "--force", ...images]);
  }

  get #mine(): string[] {
    return ["--filter", `label=com.docker.compose.project=${this.name}`];
  }
}

/** What Prometheus answers, as far as tests read it. */
export interface PrometheusAnswer {
  readonly status: "success" | "error";
  readonly error?: string;
  readonly data: {
    readonly activeTargets?: readonly { readonly scrapeUrl: string; readonly health: string }[];
    readonly result?: readonly unknown[];
    readonly groups?: readonly {
      readonly rules: readonly { readonly name: string; readonly health: string }[];
    }[];
  };
}
