// `penstock up --runtime docker` around the body of a test, with the worker image as it is shipped and an image
// that knows nothing of Penstock. Nothing of it may be left on the engine afterwards.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { docker, dockerLines } from "./docker.ts";
import type { Penstock, Place, Pools } from "./penstock.ts";
import { withPenstock } from "./run-penstock.ts";

const ROOT = fileURLToPath(new URL("../../../..", import.meta.url));
const PLAIN = fileURLToPath(new URL("../images/plain", import.meta.url));

/** The image of the worker host. */
const WORKER_IMAGE = "penstock-e2e/worker";

/** An image that serves HTTP on port 3000 and knows nothing of Penstock. */
export const plainImage = "penstock-e2e/plain";

/** A pool of the plain image, at `/plain/`. */
export const plainPool = ({ url }: Place) => ({
  urls: [url("/plain/")],
  image: plainImage,
  port: 3000,
});

/** Builds the images, runs Penstock with workers as containers, and checks that none is left. */
export async function withContainers(
  pools: (place: Place) => Pools,
  body: (penstock: Penstock) => Promise<void>,
): Promise<void> {
  await docker(["build", "--quiet", "--target", "worker", "--tag", WORKER_IMAGE, ROOT]);
  await docker(["build", "--quiet", "--tag", plainImage, PLAIN]);
  let installation = "";
  const environment = { PENSTOCK_RUNTIME: "docker", PENSTOCK_WORKER_IMAGE: WORKER_IMAGE };
  try {
    await withPenstock(
      pools,
      async (penstock) => {
        installation = await installationOf(penstock);
        await body(penstock);
      },
      { environment },
    );
    assert.deepEqual(await leftOf(installation), [], "nothing is left on the engine");
  } finally {
    await remove(installation);
  }
}

/** What the names of containers begin with that wait for a worker to be needed. */
export const waitingPrefix = "penstock-waiting-";

/** The containers of a pool's workers, by role, running or not; not what waits for the next. */
export async function containersOf(
  penstock: Penstock,
  pool: string,
  role: "host" | "application",
): Promise<string[]> {
  const labels = { installation: await installationOf(penstock), pool, role };
  const filters = Object.entries(labels).flatMap(([name, text]) => [
    "--filter",
    `label=io.penstock.${name}=${text}`,
  ]);
  const format = ["--format", "{{.Names}} {{.ID}}"];
  const found = await dockerLines(["ps", "--all", "--no-trunc", ...format, ...filters]);
  return found.filter((line) => !line.startsWith(waitingPrefix)).map((line) => idOf(line));
}

/** Names of the containers that wait for the next worker of a pool. */
export async function waitingFor(penstock: Penstock, pool: string): Promise<string[]> {
  const labels = [`installation=${await installationOf(penstock)}`, `pool=${pool}`];
  const filters = labels.flatMap((label) => ["--filter", `label=io.penstock.${label}`]);
  const names = await dockerLines(["ps", "--format", "{{.Names}}", ...filters]);
  return names.filter((name) => name.startsWith(waitingPrefix));
}

function idOf(line: string): string {
  return line.split(" ")[1] ?? "";
}

async function installationOf({ workspace }: Penstock): Promise<string> {
  return (await readFile(join(workspace.state, "installation"), "utf8")).trim();
}

/** Containers and networks of an installation. */
async function leftOf(installation: string): Promise<string[]> {
  const mine = ["--filter", `label=io.penstock.installation=${installation}`];
  const containers = await dockerLines(["ps", "--all", "--quiet", ...mine]);
  return [...containers, ...(await dockerLines(["network", "ls", "--quiet", ...mine]))];
}

/** After a test that failed. */
async function remove(installation: string): Promise<void> {
  if (installation === "") return;
  const mine = ["--filter", `label=io.penstock.installation=${installation}`];
  const containers = await dockerLines(["ps", "--all", "--quiet", ...mine]);
  if (containers.length > 0) await docker(["rm", "--force", "--volumes", ...containers]);
  const networks = await dockerLines(["network", "ls", "--quiet", ...mine]);
  if (networks.length > 0) await docker(["network", "rm", ...networks]);
}
