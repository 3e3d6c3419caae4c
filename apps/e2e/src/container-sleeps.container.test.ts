// `idleTimeoutAction: Suspend` with workers as containers: an idle worker's containers are paused, its memory
// stays, and the next request goes on in the same containers.

import assert from "node:assert/strict";
import { dirname } from "node:path";
import test from "node:test";
import { containersOf, plainPool, withContainers } from "./support/container-penstock.ts";
import { docker } from "./support/docker.ts";
import { eventually } from "./support/eventually.ts";
import type { Penstock } from "./support/penstock.ts";
import { ask, sleepy } from "./support/sleeping-worker.ts";

test("an idle worker's containers are paused, and the next request goes on in them, also after the controller was killed", () =>
  withContainers(
    (place) => ({
      plain: { ...plainPool(place), ...sleepy },
      counter: {
        urls: [place.url("/counter/")],
        module: place.application("counter"),
        directory: dirname(place.application("counter")),
        ...sleepy,
      },
    }),
    async (penstock) => {
      await sleepsAndWakes(penstock, "plain");
      const counted = await sleepsAndWakes(penstock, "counter");
      assert.deepEqual(
        counted.map((answer) => /^request (\d+) of/.exec(answer)?.[1]),
        ["1", "2", "3"],
        "its memory stays",
      );
      assert.deepEqual(
        penstock.logged("worker.exited").map(({ reason }) => reason),
        [],
        "nobody ended",
      );
    },
  ));

/** Asks three times, between which the pool sleeps; the last time another controller wakes it. */
async function sleepsAndWakes(penstock: Penstock, pool: string): Promise<string[]> {
  const answers = [await ask(penstock, `/${pool}/`)];
  await untilPaused(penstock, pool);
  const containers = await containersOfPool(penstock, pool);
  answers.push(await ask(penstock, `/${pool}/`));
  await untilPaused(penstock, pool);
  const adopted = penstock.logged("worker.adopted").length;
  process.kill(penstock.pidOf("controller"), "SIGKILL");
  await eventually("it is adopted", () => penstock.logged("worker.adopted").length, {
    found: (count) => count > adopted,
    withinMs: 20_000,
  });
  assert.deepEqual(
    await states(containers),
    containers.map(() => "paused"),
  );
  answers.push(await ask(penstock, `/${pool}/`));
  assert.deepEqual(await containersOfPool(penstock, pool), containers, "the same containers");
  await untilPaused(penstock, pool);
  return answers;
}

async function untilPaused(penstock: Penstock, pool: string): Promise<void> {
  await eventually(
    `the containers of ${pool} are paused`,
    async () => await states(await containersOfPool(penstock, pool)),
    {
      found: (seen) => seen.length > 0 && seen.every((state) => state === "paused"),
      withinMs: 20_000,
    },
  );
}

async function containersOfPool(penstock: Penstock, pool: string): Promise<string[]> {
  return [
    ...(await containersOf(penstock, pool, "host")),
    ...(await containersOf(penstock, pool, "application")),
  ];
}

async function states(containers: readonly string[]): Promise<string[]> {
  return await Promise.all(
    containers.map(async (id) =>
      (await docker(["inspect", "--format", "{{.State.Status}}", id])).trim(),
    ),
  );
}
