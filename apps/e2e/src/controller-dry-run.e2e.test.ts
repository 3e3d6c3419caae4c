// `penstock controller --dry-run` tells what a controller that is started now would do, and does nothing.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { runCommand } from "./support/command-line.ts";
import { pids, type Penstock, type Place } from "./support/penstock.ts";
import { withPenstock } from "./support/run-penstock.ts";

const pools = ({ url, application }: Place) => ({
  echo: { urls: [url("/echo/")], module: application("echo") },
  other: { urls: [url("/other/")], module: application("echo") },
});

interface ShownPlan {
  readonly leader: string;
  readonly removed: readonly string[];
  readonly steps: readonly {
    readonly pool: string;
    readonly worker?: string;
    readonly found?: string;
    readonly would: string;
    readonly reason: string;
  }[];
}

async function dryRun(penstock: Penstock, file: string, ...args: readonly string[]) {
  const { state, environment, folder } = penstock.workspace;
  const [natsUrl = ""] = /nats:\/\/[\d.:]+/.exec(penstock.command.said) ?? [];
  const flags = ["--config", file, "--state", state, "--nats-url", natsUrl];
  const place = { environment, directory: folder };
  return await runCommand(["controller", "--dry-run", ...flags, ...args], place);
}

test("the dry run of a controller names who would be adopted, started and ended, beside the one that leads", () =>
  withPenstock(pools, async (penstock) => {
    for (const pool of ["echo", "other"])
      assert.equal((await fetch(`${penstock.origin}/${pool}/`)).status, 200);
    const [echo, other] = [
      ...(await penstock.untilWorkers("echo", 1)),
      ...(await penstock.untilWorkers("other", 1)),
    ];
    assert(echo && other);
    // Another file: one pool is kept as it is and is to have a second worker, one is gone.
    const { place } = penstock;
    const wanted = { ...pools(place).echo, processModel: { minProcesses: 2 } };
    const file = join(place.folder, "other.yaml");
    await writeFile(file, JSON.stringify({ version: 1, applicationPools: { echo: wanted } }));
    const planned = await dryRun(penstock, file, "--output", "json");
    assert.equal(planned.code, 0, planned.stderr);
    const plan = JSON.parse(planned.stdout) as ShownPlan;
    const steps = plan.steps.map(({ pool, worker = "-", would }) => `${pool} ${worker} ${would}`);
    assert.deepEqual(steps.toSorted(), [
      "echo - startWorker",
      `echo ${echo.id} adopt`,
      `other ${other.id} drainWorker`,
    ]);
    assert.deepEqual(plan.removed, ["other"]);
    assert.equal(plan.leader, penstock.adminAddress);

    // Nothing of it was done.
    for (const [pool, worker] of [["echo", echo] as const, ["other", other] as const]) {
      assert.equal((await fetch(`${penstock.origin}/${pool}/`)).status, 200);
      assert.deepEqual(pids(await penstock.workers(pool)), [worker.pid]);
    }
  }));
