// Whoever may ask the engine learns no secret from it; the application itself gets what it needs. What the
// documentation shows of a container is what the engine says.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import test from "node:test";
import { ROOT } from "./support/compose-project.ts";
import {
  containersOf,
  plainPool,
  waitingFor,
  withContainers,
} from "./support/container-penstock.ts";
import { docker } from "./support/docker.ts";
import { eventually } from "./support/eventually.ts";
import type { Penstock } from "./support/penstock.ts";

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
      const waiting = await docker(["inspect", ...(await allWaiting(penstock))]);
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
      for (const text of [shown, waiting]) {
        assert.match(text, /io\.penstock\.worker/);
        assert.doesNotMatch(text, /s3cret/);
        // A user's seed, a token of the broker's, its address.
        assert.doesNotMatch(text, /\bSU[A-Z2-7]{20}|eyJ[\w-]{10}|nats:\/\//);
      }

      const documented = await readDocumented();
      const application = (JSON.parse(shown) as Shown[])[2];
      assert.ok(application);
      assertShows(application, documented, "");
      const {
        NetworkMode: _network,
        PidsLimit: _processes,
        Tmpfs: _tmpfs,
        ...walls
      } = documented.HostConfig;
      for (const one of [...JSON.parse(shown), ...JSON.parse(waiting)] as Shown[])
        assertShows(one.HostConfig, walls, one.Name);
    },
  ));

interface Shown {
  readonly Name: string;
  readonly HostConfig: Readonly<Record<string, unknown>>;
}

/** What waits for the first worker of either pool. */
async function allWaiting(penstock: Penstock): Promise<string[]> {
  const look = async () => [
    ...(await waitingFor(penstock, "echo")),
    ...(await waitingFor(penstock, "plain")),
  ];
  return await eventually("both pools' next workers wait", look, {
    found: (names) => names.length === 2,
    withinMs: 30_000,
  });
}

/** The excerpt in docs/containers.md. */
async function readDocumented(): Promise<Shown> {
  const text = await readFile(join(ROOT, "docs", "containers.md"), "utf8");
  const excerpt = /```json\n(?<json>\{.*?\})\n```/s.exec(text)?.groups?.["json"];
  assert.ok(excerpt, "the documentation has an excerpt");
  return JSON.parse(excerpt) as Shown;
}

/** Every value of the excerpt is shown; `…` in one stands for anything, and engines word nothing in several ways. */
function assertShows(shown: unknown, excerpt: unknown, where: string): void {
  if (typeof excerpt === "object" && excerpt !== null && !Array.isArray(excerpt)) {
    for (const [key, value] of Object.entries(excerpt))
      assertShows((shown as Record<string, unknown>)[key], value, `${where}.${key}`);
  } else if (typeof excerpt === "string" && excerpt.includes("…")) {
    const [before = "", after = ""] = excerpt.split("…");
    assert(String(shown).startsWith(before) && String(shown).endsWith(after), where);
  } else if (isNothing(excerpt)) assert(isNothing(shown), where);
  else assert.deepEqual(shown, excerpt, where);
}

/** Null, an empty list, an empty record. */
function isNothing(value: unknown): boolean {
  return (value ?? null) === null || (typeof value === "object" && isEmpty(value as object));
}

function isEmpty(value: object): boolean {
  return Object.keys(value).length === 0;
}
