// Whoever may ask the engine learns no secret from it; the application itself gets what it needs.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import test from "node:test";
import { containersOf, plainPool, withContainers } from "./support/container-penstock.ts";
import { docker } from "./support/docker.ts";

test("what the engine shows of workers holds neither their secrets nor their credentials", () =>
  withContainers(
    (place) => ({
      echo: {
        urls: [place.url("/echo/")],
        module: place.application("echo"),
        directory: dirname(place.application("echo")),
        secrets: { TOKEN: { file: "./token" } },
      },
      plain: { ...plainPool(place), secrets: { TOKEN: { file: "./token" } } },
    }),
    async (penstock) => {
      await writeFile(join(penstock.workspace.folder, "token"), "s3cret-of-the-pool");
      assert.equal((await fetch(`${penstock.origin}/echo/`)).status, 200);
      const { variables, secrets } = (await (
        await fetch(`${penstock.origin}/plain/environment`)
      ).json()) as Record<"variables" | "secrets", Record<string, string>>;
      assert.deepEqual(secrets, { TOKEN: "s3cret-of-the-pool" });
      assert.equal(variables["TOKEN_FILE"], "/run/secrets/TOKEN");
      assert.equal(variables["PORT"], "3000");
      assert.deepEqual(
        Object.keys(variables).filter((name) => /nats|credential/i.test(name)),
        [],
        "nothing of the broker",
      );
      const containers = [
        ...(await containersOf(penstock, "echo", "host")),
        ...(await containersOf(penstock, "plain", "host")),
        ...(await containersOf(penstock, "plain", "application")),
      ];
      assert.equal(containers.length, 3);
      const shown = await docker(["inspect", ...containers]);
      assert.match(shown, /io\.penstock\.worker/);
      assert.doesNotMatch(shown, /s3cret/);
      // A user's seed, a token of the broker's, its address.
      assert.doesNotMatch(shown, /\bSU[A-Z2-7]{20}|eyJ[\w-]{10}|nats:\/\//);
    },
  ));
