import assert from "node:assert/strict";
import { test } from "node:test";
import { planWorker } from "./plan-worker.ts";
import { givenLaunch } from "./test-support/given-launch.ts";

const around = { installation: "i1", workerImage: "penstock/worker", network: "penstock-i1" };
const at = { folders: ["/srv/shop", "/srv/node_modules"], startedAt: 5 };
const tight = {
  CapDrop: ["ALL"],
  CapAdd: [],
  SecurityOpt: ["no-new-privileges:true"],
  ReadonlyRootfs: true,
  Init: true,
};
const image = { kind: "image", image: "acme/shop:1", port: 3000 } as const;
const labels = {
  "io.penstock.installation": "i1",
  "io.penstock.pool": "shop",
  "io.penstock.worker": "shop-1",
  "io.penstock.generation": "g1",
  "io.penstock.started-at": "5",
};

function subset(value: object, keys: object): object {
  return Object.fromEntries(
    Object.keys(keys).map((key) => [key, (value as Record<string, unknown>)[key]]),
  );
}

test("a module runs in one container, with its folders read-only and nothing that it does not need", () => {
  const launch = givenLaunch({ environment: { MODE: "fast" }, secrets: { TOKEN: "s3cret" } });
  const { host, application, networks } = planWorker(launch, around, at);
  assert.equal(application, undefined);
  assert.deepEqual(networks, []);
  assert.equal(host.name, "penstock-shop-1");
  const { HostConfig, ...configuration } = host.configuration;
  assert.deepEqual(configuration, {
    Image: "penstock/worker",
    Env: ["MODE=fast", "PENSTOCK_POOL=shop", "PENSTOCK_WORKER=shop-1"],
    Labels: { ...labels, "io.penstock.role": "host", "io.penstock.halves": "1" },
    AttachStdin: true,
    OpenStdin: true,
    StdinOnce: true,
    AttachStdout: true,
    AttachStderr: true,
    Healthcheck: { Test: ["NONE"] },
    StopTimeout: 90,
  });
  assert.deepEqual(subset(HostConfig, tight), tight);
  assert.equal(HostConfig.NetworkMode, "penstock-i1");
  assert.deepEqual(HostConfig.Dns, ["127.0.0.1"]);
  assert.deepEqual(Object.keys(HostConfig.Tmpfs), ["/tmp"]);
  assert.equal(HostConfig.PidsLimit, 512);
  assert.equal(HostConfig.Memory, undefined);
  assert.deepEqual(
    HostConfig.Mounts,
    at.folders.map((path) => ({ Type: "bind", Source: path, Target: path, ReadOnly: true })),
  );
});

test("an image runs as it is beside the worker host, in whose network it has nothing of its own", () => {
  const launch = givenLaunch({
    application: image,
    environment: { MODE: "fast" },
    secrets: { TOKEN: "s3cret" },
  });
  const { host, application } = planWorker(launch, around, { ...at, folders: [] });
  assert.equal(host.configuration.Image, "penstock/worker");
  assert.deepEqual(host.configuration.Env, []);
  assert.deepEqual(subset(host.configuration.HostConfig, tight), tight);
  assert.equal(host.configuration.HostConfig.NetworkMode, "penstock-i1");
  assert.equal(application?.name, "penstock-shop-1-application");
  assert.deepEqual(application.configuration.Env, [
    "MODE=fast",
    "TOKEN_FILE=/run/secrets/TOKEN",
    "PENSTOCK_POOL=shop",
    "PENSTOCK_WORKER=shop-1",
    "PORT=3000",
  ]);
  const { HostConfig } = application.configuration;
  assert.deepEqual(subset(HostConfig, tight), tight);
  assert.equal(HostConfig.NetworkMode, "container:penstock-shop-1");
  assert.deepEqual(HostConfig.Mounts, [{ Type: "volume", Target: "/run/secrets" }]);
  assert.equal(application.configuration.OpenStdin, undefined);
  assert.deepEqual(application.secrets, { TOKEN: "s3cret" });
});

test("what a pool asks for is what its application gets, and not the worker host beside it", () => {
  const launch = givenLaunch({
    application: image,
    limits: { cpus: 1.5, memoryBytes: 1 << 29 },
    container: {
      user: "1000:1000",
      capabilities: ["CHOWN"],
      readOnlyRoot: false,
      tmpfs: ["/run"],
      volumes: [
        { source: "data", target: "/data", readOnly: false },
        { source: "/srv/static", target: "/static", readOnly: true },
      ],
      networks: ["db"],
      pullPolicy: "missing",
      processes: 9,
    },
  });
  const { host, application, networks } = planWorker(launch, around, { ...at, folders: [] });
  const { User, HostConfig } = application?.configuration ?? assert.fail();
  assert.equal(User, "1000:1000");
  assert.deepEqual(HostConfig.CapDrop, ["ALL"]);
  assert.deepEqual(HostConfig.CapAdd, ["CHOWN"]);
  assert.equal(HostConfig.ReadonlyRootfs, false);
  assert.deepEqual(Object.keys(HostConfig.Tmpfs), ["/tmp", "/run"]);
  assert.deepEqual([HostConfig.Memory, HostConfig.MemorySwap], [1 << 29, 1 << 29]);
  assert.equal(HostConfig.NanoCpus, 1_500_000_000);
  assert.equal(HostConfig.PidsLimit, 9);
  assert.deepEqual(HostConfig.Mounts, [
    { Type: "volume", Source: "data", Target: "/data", ReadOnly: false },
    { Type: "bind", Source: "/srv/static", Target: "/static", ReadOnly: true },
  ]);
  assert.deepEqual(networks, ["db"]);
  assert.equal(host.configuration.HostConfig.Dns, undefined, "the network db may have names");
  assert.deepEqual(subset(host.configuration.HostConfig, tight), tight);
  assert.equal(host.configuration.User, undefined);
});

test("a command may run in an image of its own that holds it", () => {
  const command = { kind: "command", command: ["serve"] } as const;
  const plain = givenLaunch({ application: command });
  const launch = { ...plain, container: { ...plain.container, image: "acme/shop-worker" } };
  const { host } = planWorker(launch, around, { ...at, folders: [] });
  assert.equal(host.configuration.Image, "acme/shop-worker");
  assert.deepEqual(host.configuration.HostConfig.Mounts, []);
});

test("no secret and no credentials stand in any configuration", () => {
  for (const application of [image, { kind: "module", module: "/srv/app.ts" } as const]) {
    const registry = { username: "acme", password: "hidden-password" };
    const plain = givenLaunch({ application, secrets: { TOKEN: "hidden-token" } });
    const launch = {
      ...plain,
      credentials: "hidden-credentials",
      container: { ...plain.container, registry },
    };
    const plan = planWorker(launch, around, at);
    const all = JSON.stringify([plan.host.configuration, plan.application?.configuration]);
    assert.doesNotMatch(all, /hidden/);
  }
});
