import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { composeLaunch, newWorkerId } from "./compose-launch.ts";
import { givenPool } from "./given-pool.ts";

const WORKER = {
  id: "shop-1",
  generation: "g1",
  natsUrl: "nats://127.0.0.1:4222",
  natsCredentials: "who it is",
};

test("a worker's name tells its pool and is never used twice", () => {
  const names = new Set(Array.from({ length: 1000 }, () => newWorkerId("shop")));
  assert.equal(names.size, 1000);
  for (const name of names) assert.match(name, /^shop-[0-9a-f]{8}$/);
});

test("a launch carries what the pool says, and the broker's address apart from the environment", () => {
  const pool = givenPool(
    "shop",
    "environment: { MODE: fast }",
    "concurrency: 3",
    "processModel: { shutdownTimeLimit: 5s, startupTimeLimit: 7s }",
  );
  const { credentials, ...launch } = composeLaunch(pool, WORKER);
  assert.deepEqual(launch, {
    id: "shop-1",
    pool: "shop",
    generation: "g1",
    application: { kind: "command", command: ["serve"] },
    directory: "/srv",
    environment: { MODE: "fast" },
    secrets: {},
    limits: {},
    container: pool.container,
    concurrency: 3,
    shutdownTimeLimitMs: 5000,
  });
  const told = JSON.parse(credentials) as Record<string, unknown>;
  assert.equal(told["natsUrl"], "nats://127.0.0.1:4222");
  assert.equal(told["natsCredentials"], "who it is");
});

test("secrets are read when a worker is launched, from a file without its last line end", async () => {
  const folder = await mkdtemp(join(tmpdir(), "penstock-test-"));
  try {
    const file = join(folder, "token");
    const pool = givenPool("shop", `secrets: { TOKEN: { file: ${file} } }`);
    await writeFile(file, " s3cret \r\n");
    assert.deepEqual(composeLaunch(pool, WORKER).secrets, { TOKEN: " s3cret " });
    await writeFile(file, "rotated\n");
    assert.deepEqual(composeLaunch(pool, WORKER).secrets, { TOKEN: "rotated" });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("a secret may come from the controller's own environment", () => {
  process.env["PENSTOCK_TEST_SECRET"] = "from here";
  try {
    const pool = givenPool("shop", "secrets: { TOKEN: { env: PENSTOCK_TEST_SECRET } }");
    assert.deepEqual(composeLaunch(pool, WORKER).secrets, { TOKEN: "from here" });
  } finally {
    delete process.env["PENSTOCK_TEST_SECRET"];
  }
});

test("a secret that cannot be read names pool, variable and place, never a value", () => {
  for (const [source, place] of [
    ["{ file: /nowhere/token }", "file /nowhere/token"],
    ["{ env: PENSTOCK_TEST_ABSENT }", "environment variable PENSTOCK_TEST_ABSENT"],
  ]) {
    const pool = givenPool("shop", `secrets: { TOKEN: ${source} }`);
    assert.throws(() => composeLaunch(pool, WORKER), {
      code: "SECRET_NOT_READABLE",
      message: new RegExp(`^secret TOKEN of pool "shop" cannot be read from ${place}: `),
    });
  }
});
