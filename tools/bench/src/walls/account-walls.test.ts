import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { before, test } from "node:test";
import { findNatsServer, natsServerCacheDirectory } from "@penstock/nats-server";
import { openStage, type Stage } from "../measuring/stage.ts";
import { processesWithin } from "../processes/process-table.ts";
import { measureWalls } from "./account-walls.ts";
import { startServer } from "./broker.ts";
import { measuredPool } from "./measured-pool.ts";
import { openLink } from "./open-link.ts";
import { startOpenBroker } from "./open-broker.ts";
import { startWalledBroker } from "./walled-broker.ts";

let binary = "";

before(async () => {
  const environment = process.env;
  const cacheDirectory = natsServerCacheDirectory(environment);
  const found = await findNatsServer({ cacheDirectory, environment, report: () => {} });
  binary = found.path;
});

/** A stage, and what it told. */
function stageWithLog(): { stage: Stage; told: string[] } {
  const told: string[] = [];
  return { stage: openStage(binary, (line) => told.push(line)), told };
}

test("both accounts answer both kinds of requests, and nothing is left", async () => {
  const { stage, told } = stageWithLog();
  let samples;
  {
    await using running = stage;
    samples = await measureWalls(running, {
      inFlight: [4],
      rounds: 1,
      seconds: 0.1,
      warmUpSeconds: 0.05,
    });
  }
  const loads = samples.map(({ kind, target, inFlight }) => `${kind} ${target} ${inFlight}`);
  assert.deepEqual(loads, ["GET open 4", "GET walls 4", "POST open 4", "POST walls 4"]);
  assert.deepEqual(told, ["walls: round 1 of 1"]);
  for (const { load, cpu } of samples) {
    assert.ok(load.requests > 0 && load.p50Ms > 0 && load.p50Ms <= load.p99Ms);
    assert.deepEqual([load.non2xx, load.broken], [0, 0]);
    if (process.platform === "linux")
      assert.deepEqual(Object.keys(cpu), ["nats-server", "worker", "listener"]);
  }
  assert.ok(!existsSync(stage.folder));
  assert.deepEqual(processesWithin(stage.folder), []);
});

test("behind the walls nobody gets in who shows nothing, in the open account everybody does", async () => {
  const { stage } = stageWithLog();
  await using running = stage;
  const pool = measuredPool(4);
  const open = await startOpenBroker(running, pool);
  const walled = await startWalledBroker(running, pool);
  const stranger = { name: "stranger", inboxPrefix: "_X", credentials: undefined };
  await using link = await openLink({ ...stranger, url: open.url }, assert.fail);
  assert.ok(link.connected);
  const refused = openLink({ ...stranger, url: walled.url }, assert.fail);
  await assert.rejects(refused, { code: "NATS_UNREACHABLE" });
});

test("a broker that is starting when the stage ends, ends with it, and none starts after that", async () => {
  const { stage } = stageWithLog();
  const starting = startServer(stage, "open", []);
  await stage[Symbol.asyncDispose]();
  const { exited } = await starting;
  assert.equal((await exited).code, 0);
  await assert.rejects(startServer(stage, "open", []), /the run is over/);
  assert.ok(!existsSync(stage.folder));
});
