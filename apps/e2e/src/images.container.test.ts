// The images: nobody in them is root, each holds what its role needs and no more, and the same sources make
// the same layers.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import { ROOT } from "./support/compose-project.ts";
import { docker, dockerLines } from "./support/docker.ts";

const PREFIX = `penstock-test-${randomBytes(4).toString("hex")}`;

/** What an image may add to its base image, bytes. */
const OWN_MAX_BYTES = 25_000_000;

/** What is in an image and what is not, of the packages in its node_modules. */
const ROLES = {
  listener: { has: ["fastify", "pino"], lacks: ["undici", "commander", "yaml", "typescript"] },
  controller: { has: ["fastify", "yaml", "commander"], lacks: ["undici", "typescript", "nx"] },
  "engine-proxy": { has: ["pino"], lacks: ["fastify", "undici", "commander", "yaml"] },
  worker: { has: ["@nats-io"], lacks: ["undici", "fastify", "pino", "prom-client", "commander"] },
  cli: { has: ["commander", "yaml"], lacks: ["fastify", "undici", "typescript"] },
} as const;

type Role = keyof typeof ROLES;

interface Inspected {
  readonly Config: { readonly User: string; readonly Healthcheck?: { readonly Test: string[] } };
  readonly RootFS: { readonly Layers: readonly string[] };
}

const build = (role: Role, ...options: readonly string[]) =>
  docker(["build", "--quiet", "--target", role, "--tag", `${PREFIX}/${role}`, ...options, ROOT], {
    DOCKER_BUILDKIT: "1",
  });

const inspect = async (role: Role): Promise<Inspected> =>
  (JSON.parse(await docker(["image", "inspect", `${PREFIX}/${role}`])) as [Inspected])[0];

const within = (role: Role, ...command: readonly string[]) => {
  const [program = "", ...args] = command;
  return docker(["run", "--rm", "--entrypoint", program, `${PREFIX}/${role}`, ...args]);
};

const roles = Object.keys(ROLES) as Role[];

before(async () => {
  for (const role of roles) await build(role);
});

after(async () => {
  await docker(["image", "rm", "--force", ...roles.map((role) => `${PREFIX}/${role}`)]);
});

for (const role of roles) {
  test(`the image of the ${role} is not root's, and nothing in it is the user's to change`, async () => {
    assert.equal((await inspect(role)).Config.User, "node");
    assert.equal(await within(role, "id", "-un"), "node");
    assert.equal(await within(role, "find", "/penstock", "-writable", "-not", "-type", "l"), "");
  });

  test(`the image of the ${role} holds what it needs and no more`, async () => {
    const packages = await within(role, "ls", "/penstock/node_modules/.store");
    const names = new Set(packages.split("\n").map((name) => name.replace(/(.)@.*/, "$1")));
    const { has, lacks } = ROLES[role];
    for (const name of has) assert(names.has(name), `${name} is there`);
    for (const name of lacks) assert(!names.has(name), `${name} is not there`);
    assert.equal(
      await within(role, "find", "/penstock/apps", "/penstock/libs", "-name", "*.test.ts"),
      "",
    );
  });

  test(`the image of the ${role} adds little to its base`, async (t) => {
    const format = ["--human=false", "--format", "{{.Size}} {{.CreatedBy}}"];
    const sizes = await dockerLines(["history", ...format, `${PREFIX}/${role}`]);
    const own = sizes.find((line) => line.includes("/files"))?.split(" ")[0];
    t.diagnostic(`${role}: ${own} bytes on top of the base image`);
    assert(Number(own) > 0 && Number(own) < OWN_MAX_BYTES);
  });
}

test("whatever runs for long but workers can be asked for its health", async () => {
  for (const role of ["listener", "controller", "engine-proxy"] as const)
    assert.equal((await inspect(role)).Config.Healthcheck?.Test[0], "CMD");
});

test("the same sources make the same layers; what the worker image compiled ahead is one of its own", async () => {
  const first = await layers();
  for (const role of ["listener", "worker"] as const) await build(role, "--no-cache");
  const second = await layers();
  assert.deepEqual(second.listener, first.listener);
  assert.deepEqual(second.worker.slice(0, -1), first.worker.slice(0, -1));
});

async function layers() {
  const [listener, worker] = [await inspect("listener"), await inspect("worker")];
  return { listener: listener.RootFS.Layers, worker: worker.RootFS.Layers };
}
