// The folder that a test gives to Penstock: configuration, state, and a home and a temporary folder of its
// own, so that whatever is written elsewhere by mistake is written there and found.
//
//   <folder>/penstock.yaml   what the test configures
//           /state           --state
//           /home, /tmp      HOME and TMPDIR: empty before, and after

import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findNatsServer, natsServerCacheDirectory } from "@penstock/nats-server";

/** A test's own folder. */
export interface Workspace {
  readonly folder: string;
  readonly state: string;
  readonly configuration: string;
  /** What a process in it gets, and nothing of the test's own environment but PATH. */
  readonly environment: NodeJS.ProcessEnv;
}

/** Makes a workspace. */
export async function makeWorkspace(): Promise<Workspace> {
  const folder = await mkdtemp(join(tmpdir(), "penstock-e2e-"));
  const [home, tmp] = [join(folder, "home"), join(folder, "tmp")];
  await mkdir(home);
  await mkdir(tmp);
  const environment = {
    PATH: process.env["PATH"],
    HOME: home,
    TMPDIR: tmp,
    PENSTOCK_NATS_SERVER: await natsServer(),
  };
  return {
    folder,
    state: join(folder, "state"),
    configuration: join(folder, "penstock.yaml"),
    environment,
  };
}

/** Writes the configuration file. JSON is YAML. */
export async function configure({ configuration }: Workspace, content: unknown): Promise<void> {
  const text = typeof content === "string" ? content : JSON.stringify(content, undefined, 2);
  await writeFile(configuration, text);
}

/** Files in places where nothing may be left. */
export async function strayFiles({ environment }: Workspace): Promise<string[]> {
  const places = [environment["HOME"], environment["TMPDIR"]].filter(
    (place) => place !== undefined,
  );
  const found = await Promise.all(
    places.map(async (place) =>
      (await readdir(place, { recursive: true })).map((name) => join(place, name)),
    ),
  );
  return found.flat();
}

/** Removes a workspace. */
export async function removeWorkspace({ folder }: Workspace): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** The path of an application that the tests bring: `src/applications/<name>.ts`. */
export function applicationPath(name: string): string {
  return fileURLToPath(new URL(`../applications/${name}.ts`, import.meta.url));
}

/** The nats-server of the tests. */
export async function natsServer(): Promise<string> {
  const { path } = await findNatsServer({
    cacheDirectory: natsServerCacheDirectory(process.env),
    environment: process.env,
    report: () => {},
  });
  return path;
}
