// The order of a reload, and what is undone of it when the broker refuses.

import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import type { ApplicationPool } from "@penstock/domain";
import { Turns } from "../turns.ts";
import { ConfigurationFile } from "./configuration-file.ts";
import { ConfigurationReload } from "./configuration-reload.ts";
import { PoolChangeover } from "./pool-changeover.ts";

const NOW = Date.parse("2026-11-23T10:00:00.000Z");

const text = (...pools: readonly string[]) =>
  ["version: 1", "applicationPools:", ...pools.map((pool) => `  ${pool}`)].join("\n");
const pool = (name: string, more = "") =>
  `${name}: { urls: ["http://+:8080/${name}/"], command: [serve]${more} }`;
const BEFORE = text(pool("a"), pool("b"));

const namesOf = (pools: readonly ApplicationPool[]) => pools.map(({ name }) => name).join(" ");

/** Nothing was decided about canaries. */
const asTheyAre = (pools: readonly ApplicationPool[]) => ({ pools, all: pools, notices: [] });

interface World {
  readonly folder: string;
  readonly path: string;
  readonly reload: ConfigurationReload;
  readonly done: string[];
  ready: boolean;
  /** What the broker refuses. */
  refuses: string | undefined;
}

/** A reload over a file with pools a and b, and what it does, in order. */
async function given(body: (world: World) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "penstock-controller-"));
  try {
    const path = join(folder, "penstock.yaml");
    await writeFile(path, BEFORE);
    const file = new ConfigurationFile(path);
    const done: string[] = [];
    const note = (what: string) => {
      if (what === world.refuses) return Promise.reject(new Error("the broker refused"));
      done.push(what);
      return Promise.resolve();
    };
    let inForce = asTheyAre((await file.load()).configuration.pools);
    const standings = {
      desired: new Map(),
      get inForce() {
        return inForce;
      },
      look: (pools: readonly ApplicationPool[]) => Promise.resolve(asTheyAre(pools)),
      publish: () => note("publish"),
      reconfigure: async (pools: readonly ApplicationPool[], commit: () => Promise<void>) => {
        await commit();
        inForce = asTheyAre(pools);
        done.push("swap");
      },
    };
    const events = {
      failed: (_: string, cause: unknown) => assert.fail(String(cause)),
      poolsConfigured: () => {},
      rotated: (name: string) => void done.push(`rotate ${name}`),
      reloaded: (cause: string, _: string, { kind }: { kind: string }) =>
        void done.push(`${kind} by ${cause}`),
    };
    const changeover = new PoolChangeover({
      provisioning: {
        provision: (pools) => note(`provision ${namesOf(pools)}`),
        remove: (name) => note(`remove ${name}`),
      },
      retirement: {
        has: () => false,
        keep: (name) => done.push(`keep ${name}`),
        begin: ({ name }) => done.push(`retire ${name}`),
      },
      routing: { publishTable: (pools) => note(`table ${namesOf(pools)}`) },
      standings,
      events,
      reconfigured: (names) => done.push(`touch ${names.join(" ")}`),
    });
    const reload = new ConfigurationReload({
      file,
      loaded: await file.load(),
      unfit: () => [],
      ready: () => world.ready,
      changeover,
      standings,
      events,
      turns: new Turns(),
      hostChanged: () => done.push("host"),
      epochNow: () => NOW,
    });
    const world: World = { folder, path, reload, done, ready: true, refuses: undefined };
    await body(world);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const CHANGED = text(pool("b", ", concurrency: 2"), pool("c"));

test("what is new is made first, the table is written once, then all is swapped, and what is gone retires", () =>
  given(async ({ path, reload, done }) => {
    await writeFile(path, CHANGED);
    const outcome = await reload.reload({ cause: "file" });
    assert.equal(outcome.kind, "applied");
    assert.deepEqual(done, [
      "provision b c",
      "table b c",
      "swap",
      "keep c",
      "retire a",
      "rotate b",
      "touch c b a",
      "applied by file",
    ]);
    assert.equal(reload.standing.refused, undefined);
  }));

for (const refuses of ["provision b c", "table b c"])
  test(`what was done is undone when the broker refuses "${refuses}", the file too`, () =>
    given(async (world) => {
      const { path, reload, done } = world;
      const { generation } = reload.standing;
      world.refuses = refuses;
      const sent = { text: CHANGED, shownAs: "next.yaml" };
      const outcome = await reload.reload({ cause: "operator", given: sent });
      assert.equal(outcome.kind, "refused");
      const tried = refuses === "table b c" ? ["provision b c"] : [];
      assert.deepEqual(done, [
        ...tried,
        "table a b",
        "provision b",
        "remove c",
        "refused by operator",
      ]);
      assert.equal(reload.standing.generation, generation);
      assert.deepEqual(reload.standing.refused?.faults, ["the broker refused"]);
      assert.equal(await readFile(path, "utf8"), BEFORE);
    }));

test("a dry run tells, and a file that means the same or is wrong changes nothing", () =>
  given(async ({ path, reload, done }) => {
    const sent = { text: CHANGED, shownAs: "next.yaml" };
    const dry = await reload.reload({ cause: "operator", given: sent, dryRun: true });
    assert.equal(dry.kind, "planned");
    assert.equal(dry.changes.length, 3);
    assert.equal(await readFile(path, "utf8"), BEFORE);
    await writeFile(path, text(pool("b"), pool("a")));
    assert.equal((await reload.reload({ cause: "signal" })).kind, "unchanged");
    await writeFile(path, "version: 2");
    assert.equal((await reload.reload({ cause: "file" })).kind, "invalid");
    assert.match(reload.standing.refused?.faults.join() ?? "", /penstock\.yaml:1:10 {2}error/);
    await rm(path);
    assert.equal((await reload.reload({ cause: "file" })).kind, "refused");
    assert.deepEqual(done, ["unchanged by signal", "invalid by file", "refused by file"]);
  }));

test("without the broker nothing is tried; once it is back, what nobody would ask for again is", () =>
  given(async (world) => {
    const { path, reload, done } = world;
    world.ready = false;
    await writeFile(path, CHANGED);
    assert.equal((await reload.reload({ cause: "operator" })).kind, "refused");
    await reload.retry();
    assert.deepEqual(done, ["refused by operator"]);
    await reload.reload({ cause: "file" });
    world.ready = true;
    await reload.retry();
    assert.equal(done.at(-1), "applied by file");
    assert.equal(done.filter((what) => what === "swap").length, 1);
  }));

test("limits of the host come into force with the rest, and every pool is looked at", () =>
  given(async ({ path, reload, done }) => {
    await writeFile(path, `${BEFORE}\nhost: { maxWorkers: 3 }\n`);
    assert.equal((await reload.reload({ cause: "file" })).kind, "applied");
    assert.equal(reload.configuration.host.maxWorkers, 3);
    assert(done.includes("host"));
  }));
