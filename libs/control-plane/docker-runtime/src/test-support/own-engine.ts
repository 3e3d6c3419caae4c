// An engine of the test's own, which it may stop: a second dockerd with folders of its own, in a network
// namespace of its own (an engine without a bridge removes the bridge that it finds), and with no image but
// the one that it is given from the machine's engine.

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { DockerEngine } from "../docker-engine.ts";
import { parseEngineEndpoint } from "../engine-endpoint.ts";

const run = promisify(execFile);

/** How long an engine may take to start, milliseconds. */
const START_LIMIT_MS = 30_000;

/** Why this machine cannot start a second engine; undefined when it can. */
export function ownEngineFault(): string | undefined {
  if (process.getuid?.() !== 0) return "a second engine can be started by root only";
  const missing = ["dockerd", "unshare"].find((program) => !which(program));
  return missing && `there is no ${missing} to start a second engine with`;
}

/** A dockerd that was started for one test. */
export class OwnEngine implements AsyncDisposable {
  readonly #folder: string;
  #process: ChildProcess | undefined;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Starts it and gives it an image of the machine's engine. */
  static async start(image: string): Promise<OwnEngine> {
    const own = new OwnEngine(await mkdtemp(join(tmpdir(), "penstock-dockerd-")));
    await own.begin();
    const archive = join(own.#folder, "image.tar");
    await run("docker", ["save", "--output", archive, image]);
    await run("docker", ["--host", own.address, "load", "--input", archive]);
    await rm(archive);
    return own;
  }

  get address(): string {
    return `unix://${this.#folder}/docker.sock`;
  }

  /** Stops the engine, and its containers with it. */
  async stop(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (!child || child.exitCode !== null) return;
    child.kill("SIGTERM");
    await once(child, "exit");
  }

  /** Starts the engine over what it left, and waits until it answers. */
  async begin(): Promise<void> {
    const at = (name: string) => join(this.#folder, name);
    const name = this.#folder.split("-").at(-1) ?? "";
    this.#process = spawn(
      "unshare",
      [
        ["--net", "dockerd"],
        ["--host", this.address, "--pidfile", at("pid")],
        ["--data-root", at("data"), "--exec-root", at("exec")],
        ["--containerd-namespace", `test-${name}`],
        ["--bridge", "none", "--iptables=false", "--ip-masq=false"],
      ].flat(),
      { stdio: "ignore", detached: true },
    );
    const deadline = performance.now() + START_LIMIT_MS;
    for (;;) {
      try {
        return void (await DockerEngine.open(parseEngineEndpoint(this.address)));
      } catch (thrown) {
        if (performance.now() > deadline) throw thrown;
      }
      await delay(100);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

function which(program: string): boolean {
  return (process.env["PATH"] ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
