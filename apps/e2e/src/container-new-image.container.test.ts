// A pool moves to another image under load: by its configuration, which names it, and by a recycle once the image was
// made anew under its name. No request fails, and in the end only the new one answers.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import test from "node:test";
import { runCommand } from "./support/command-line.ts";
import {
  containersOf,
  plainImage,
  plainPool,
  withContainers,
} from "./support/container-penstock.ts";
import { docker } from "./support/docker.ts";
import { eventually } from "./support/eventually.ts";
import { startLoad } from "./support/load.ts";
import type { Penstock, Place } from "./support/penstock.ts";
import { configure } from "./support/workspace.ts";

const pools = (place: Place, image: string) => ({
  plain: { ...plainPool(place), image, processModel: { minProcesses: 2, maxProcesses: 2 } },
});

test("a new image, named by the configuration or made anew under its name, takes over and fails no request", async () => {
  const image = `penstock-test-${randomBytes(4).toString("hex")}`;
  try {
    await withContainers(
      (place) => pools(place, plainImage),
      async (penstock) => {
        await penstock.untilWorkers("plain", 2, 30_000);
        await using load = startLoad({ origin: penstock.origin, path: "/plain/", clients: 6 });

        await makeImage(image, "first");
        const applicationPools = pools(penstock.place, image);
        await configure(penstock.workspace, { version: 1, applicationPools });
        penstock.signal("SIGHUP");
        await untilAllRun(penstock, "first");

        await makeImage(image, "second");
        await recycle(penstock);
        await untilAllRun(penstock, "second");

        await load.end();
        assert.deepEqual(load.faults, []);
        assert(load.answered > 0);
        const reasons = penstock.logged("worker.exited").map(({ reason }) => reason);
        assert.deepEqual(reasons, Array(4).fill("recycle"));
      },
    );
  } finally {
    await docker(["image", "rm", "--force", image]);
  }
});

/** Makes an image that is the plain one and says in its environment which it is. */
async function makeImage(name: string, release: string): Promise<void> {
  const container = await docker(["create", plainImage]);
  try {
    await docker(["commit", "--change", `ENV RELEASE=${release}`, container, name]);
  } finally {
    await docker(["rm", container]);
  }
}

async function untilAllRun(penstock: Penstock, release: string): Promise<void> {
  const look = async () => {
    const containers = await containersOf(penstock, "plain", "application");
    // One of them may go meanwhile.
    return await docker(["inspect", "--format", "{{.Config.Env}}", ...containers]).catch(() => "");
  };
  await eventually(`two workers of the ${release} image, and no other`, look, {
    found: (shown) => {
      const lines = shown.split("\n");
      return lines.length === 2 && lines.every((line) => line.includes(`RELEASE=${release}`));
    },
    withinMs: 60_000,
  });
  await penstock.untilWorkers("plain", 2, 30_000);
}

async function recycle({ workspace, adminAddress }: Penstock): Promise<void> {
  const place = ["--state", workspace.state, "--admin-listen", adminAddress];
  const { environment, folder: directory } = workspace;
  const { code, stderr } = await runCommand(["pool", "recycle", "plain", ...place], {
    environment,
    directory,
  });
  assert.equal(code, 0, stderr);
}
