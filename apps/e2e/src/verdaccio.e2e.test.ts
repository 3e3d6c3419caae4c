// A real client against a real application: npm publishes to an unmodified Verdaccio and installs from it.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Penstock, Place } from "./support/penstock.ts";
import { withPenstock } from "./support/run-penstock.ts";

const VERDACCIO = fileURLToPath(new URL("../node_modules/.bin/verdaccio", import.meta.url));

const run = promisify(execFile);

test("npm publishes to and installs from Verdaccio behind Penstock, and the pool goes back to zero", () =>
  withPenstock(
    registry,
    async (penstock) => {
      assert.deepEqual(await penstock.workers("registry"), [], "at zero");
      const { folder } = penstock.place;
      const published = join(folder, "published");
      await npm(penstock, published, "publish");
      const { stdout } = await npm(penstock, published, "pack", "--json");
      const [packed] = JSON.parse(stdout) as [{ filename: string; integrity: string }];

      const consumer = join(folder, "consumer");
      await mkdir(consumer);
      await writeFile(join(consumer, "package.json"), JSON.stringify({ name: "consumer" }));
      await npm(penstock, consumer, "install", "penstock-e2e-package@1.0.0");
      const installed = join(consumer, "node_modules/penstock-e2e-package/index.js");
      assert.equal(await readFile(installed, "utf8"), SOURCE);

      const tarball = await fetch(
        `http://localhost:${penstock.port}/penstock-e2e-package/-/penstock-e2e-package-1.0.0.tgz`,
      );
      const served = Buffer.from(await tarball.arrayBuffer());
      assert(served.equals(await readFile(join(published, packed.filename))), "byte for byte");
      assert.equal(
        `sha512-${createHash("sha512").update(served).digest("base64")}`,
        packed.integrity,
      );

      await penstock.untilWorkers("registry", 0);
    },
    { before: writePackages },
  ));

const SOURCE = `module.exports = ${JSON.stringify("published".repeat(1000))};\n`;

function registry({ port, folder }: Place) {
  return {
    registry: {
      urls: [`http://localhost:${port}/`],
      command: [VERDACCIO, "--config", "verdaccio.yaml", "--listen", "127.0.0.1:${PORT}"],
      directory: join(folder, "registry"),
      processModel: { maxProcesses: 1, idleTimeout: "2s" },
    },
  };
}

/** Verdaccio without uplinks, and a package for it. */
async function writePackages({ folder }: Place): Promise<void> {
  for (const name of ["registry", "published", "npm"]) await mkdir(join(folder, name));
  const access = { access: "$all", publish: "$all", unpublish: "$all" };
  const configuration = {
    storage: "./storage",
    auth: { htpasswd: { file: "./htpasswd" } },
    packages: { "**": access },
    log: { type: "stdout", format: "json", level: "warn" },
  };
  await writeFile(join(folder, "registry/verdaccio.yaml"), JSON.stringify(configuration));
  await writeFile(
    join(folder, "published/package.json"),
    JSON.stringify({ name: "penstock-e2e-package", version: "1.0.0", main: "index.js" }),
  );
  await writeFile(join(folder, "published/index.js"), SOURCE);
}

/** npm, with nothing of this user's configuration or cache. */
function npm(
  { port }: Penstock,
  directory: string,
  ...args: string[]
): Promise<{ stdout: string }> {
  const folder = dirname(directory);
  const registryUrl = `http://localhost:${port}/`;
  return run("npm", [...args, "--registry", registryUrl, "--fetch-retries=0"], {
    cwd: directory,
    env: {
      PATH: process.env["PATH"],
      HOME: join(folder, "npm"),
      TMPDIR: join(folder, "npm"),
      npm_config_cache: join(folder, "npm/cache"),
      npm_config_update_notifier: "false",
      [`npm_config_//localhost:${port}/:_authToken`]: "anybody",
    },
  });
}
