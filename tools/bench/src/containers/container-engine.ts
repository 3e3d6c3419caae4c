// The engine of the container starts, by its own command line: what a user types is what is measured.

import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** `docker …`; resolves with what it printed, rejects with what it complained about. */
export async function docker(...args: readonly string[]): Promise<string> {
  // Older clients build without BuildKit unless they are told.
  const env = { ...process.env, DOCKER_BUILDKIT: "1" };
  return (await run("docker", args, { env })).stdout.trim();
}

/** The version of the engine; undefined when none answers. */
export async function engineVersion(): Promise<string | undefined> {
  return await docker("version", "--format", "{{.Server.Version}}").catch(() => undefined);
}

/** Names of the containers with a label, running or not. */
export async function containersWith(label: string): Promise<string[]> {
  const filter = ["--filter", `label=${label}`];
  const printed = await docker("ps", "--all", "--format", "{{.Names}}", ...filter);
  return printed.split("\n").filter((line) => line !== "");
}

/** Removes containers, running or not. */
export async function removeContainers(containers: readonly string[]): Promise<void> {
  if (containers.length > 0) await docker("rm", "--force", "--volumes", ...containers);
}
