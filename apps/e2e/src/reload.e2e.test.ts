// Another configuration comes into force while requests go on: no answer is lost or wrong, only what changed
// is replaced, and a file with faults changes nothing.

import assert from "node:assert/strict";
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { eventually } from "./support/eventually.ts";
import { startLoad, type RunningLoad } from "./support/load.ts";
import { command, operate } from "./support/operate.ts";
import { pids, type Penstock, type Place, type Pools } from "./support/penstock.ts";
import { withPenstock } from "./support/run-penstock.ts";
import { configure } from "./support/workspace.ts";

/** Two pools of which the tests change one. */
const pools = ({ url, application }: Place): Pools => ({
  echo: { urls: [url("/echo/"), url("/moving/")], module: application("echo") },
  other: {
    urls: [url("/other/")],
    module: application("echo"),
    processModel: { maxProcesses: 1 },
  },
});

/** Runs a test's body while these paths are asked without a pause; every answer must be right. */
async function underLoad(
  penstock: Penstock,
  paths: readonly string[],
  body: (answering: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const { origin } = penstock;
  const loads = paths.map((path) => startLoad({ origin, path, clients: 4 }));
  const answering = () => untilAnswering(loads);
  try {
    await answering();
    await body(answering);
    await answering();
  } finally {
    await Promise.all(loads.map((each) => each.end()));
  }
  for (const { faults } of loads) assert.deepEqual(faults, []);
}

test("SIGHUP: one pool's environment changes, no request fails, the other pool's workers stay", () =>
  withPenstock(pools, (penstock) =>
    underLoad(penstock, ["/echo/", "/other/"], async () => {
      const before = await penstock.workers("echo");
      const others = pids(await penstock.workers("other"));
      const old = new Set(pids(before));
      const changed = pools(penstock.place);
      await write(penstock, {
        ...changed,
        echo: { ...changed["echo"], environment: { GREETING: "hunter2" } },
      });
      penstock.signal("SIGHUP");
      await eventually("all old workers are replaced", () => penstock.workers("echo"), {
        found: (workers) => workers.length > 0 && pids(workers).every((pid) => !old.has(pid)),
        withinMs: 30_000,
      });
      assert.deepEqual(pids(await penstock.workers("other")), others, "the other pool's stay");
      const bySignal = penstock.log.filter(({ cause }) => cause === "signal");
      assert.equal(
        bySignal.length,
        1,
        "the signal was heard, by the time of the watch or before it",
      );
      const [reloaded] = reloads(penstock, "configuration.applied");
      assert.deepEqual(reloaded?.["changes"], [
        "pool echo: environment.GREETING added; its workers are replaced",
      ]);
      assert(!penstock.command.said.includes("hunter2"), "no value was shown");
    }),
  ));

test("a URL moves from one pool to another, and no request finds it nowhere", () =>
  withPenstock(pools, (penstock) =>
    underLoad(penstock, ["/moving/"], async (answering) => {
      const { echo, other } = pools(penstock.place);
      const { url } = penstock.place;
      for (const owner of ["other", "echo", "other"]) {
        const told = await applied(penstock, {
          echo: { ...echo, urls: [url("/echo/"), ...(owner === "echo" ? [url("/moving/")] : [])] },
          other: {
            ...other,
            urls: [url("/other/"), ...(owner === "other" ? [url("/moving/")] : [])],
          },
        });
        assert.match(told, /2 changes applied/);
        await answering();
      }
      assert((await penstock.workers("other")).length > 0, "the other pool serves it");
    }),
  ));

test("a pool is added and removed under load, with its port; what waits is answered, nothing of it is left", () =>
  withPenstock(pools, (penstock) =>
    underLoad(penstock, ["/echo/"], async () => {
      const { place } = penstock;
      const origin = `http://127.0.0.1:${place.otherPort}`;
      const added = await applied(penstock, {
        ...pools(place),
        added: {
          urls: [`http://+:${place.otherPort}/added/`],
          module: place.application("echo"),
          concurrency: 1,
          processModel: { maxProcesses: 1 },
        },
      });
      assert.match(added, /^pool added is new: /);
      const ask = (query: string) => fetch(`${origin}/added/${query}`);
      const first = await eventually("its port is open", () => ask("").catch(() => undefined), {
        found: (answer) => answer !== undefined,
      });
      assert.equal(first?.status, 200);
      // One runs, and the others wait behind it.
      const slow = ["?wait=1000", "?wait=1001", "?wait=1002"].map(ask);
      await eventually("it runs", () => penstock.pool("added"), {
        found: ({ slots }) => slots.busy === 1,
      });
      assert.match(await applied(penstock, pools(place)), /^pool added is removed: /);
      for (const answer of slow) assert.equal((await answer).status, 200);
      await eventually("nothing of it is left", () => penstock.logged("queue.removed"), {
        found: (lines) => lines.some(({ pool }) => pool === "added"),
        withinMs: 30_000,
      });
      await assert.rejects(ask(""), "its port is closed");
      const shown = await penstock.metrics("controller");
      assert.equal(shown.value('penstock_pool_workers_max{pool="added"}'), undefined);
    }),
  ));

test("a file that is replaced by another is noticed; one with faults changes nothing until it is put right", () =>
  withPenstock(pools, (penstock) =>
    underLoad(penstock, ["/echo/"], async () => {
      const before = pids(await penstock.workers("echo"));
      const bad = pools(penstock.place);
      await write(penstock, { ...bad, echo: { ...bad["echo"], queueLenght: 5 } });
      await eventually("it is refused", () => reloads(penstock, "configuration.invalid"), {
        found: ({ length }) => length === 1,
      });
      const { workspace } = penstock;
      const refused = await command(penstock, "config", "apply");
      assert.equal(refused.code, 2);
      assert.match(refused.stderr, /penstock\.yaml:\d+:\d+ {2}error .*queueLenght.*"queueLength"/);
      const status = await command(penstock, "status");
      assert.match(status.stdout, /was refused:\n {2}.*queueLenght/);
      const metrics = await penstock.metrics("controller");
      assert.equal(metrics.value("penstock_config_last_reload_successful"), 0);
      assert.deepEqual(pids(await penstock.workers("echo")), before);

      await write(penstock, { ...bad, echo: { ...bad["echo"], queueLength: 50 } });
      await eventually("it is applied", () => reloads(penstock, "configuration.applied"), {
        found: ([line]) => line?.["cause"] === "file",
      });
      assert.equal((await penstock.pool("echo")).queue.limit, 50);
      const after = await penstock.metrics("controller");
      assert.equal(after.value("penstock_config_last_reload_successful"), 1);

      const other = join(workspace.folder, "other.yaml");
      await configure(
        { ...workspace, configuration: other },
        { version: 1, applicationPools: bad },
      );
      const dry = await command(penstock, "config", "apply", other, "--dry-run");
      assert.equal(
        dry.stdout,
        "pool echo: queueLength 50 -> 1000\n1 change would be applied. Nothing was.\n",
      );
      assert.equal((await penstock.pool("echo")).queue.limit, 50);
      assert.match(await apply(penstock, other), /1 change applied/);
      assert.equal((await penstock.pool("echo")).queue.limit, 1000);
      assert.match(await apply(penstock), /Nothing changes/, "it stands in the controller's file");
    }),
  ));

/** Applies these pools from a file beside the controller's. Returns what the command printed. */
async function applied(penstock: Penstock, applicationPools: Pools): Promise<string> {
  const configuration = join(penstock.workspace.folder, "next.yaml");
  await configure({ ...penstock.workspace, configuration }, { version: 1, applicationPools });
  return apply(penstock, configuration);
}

/** Replaces the file as editors do. */
async function write({ workspace }: Penstock, applicationPools: Pools): Promise<void> {
  const next = `${workspace.configuration}.next`;
  await writeFile(next, JSON.stringify({ version: 1, applicationPools }, undefined, 2));
  await rename(next, workspace.configuration);
}

async function untilAnswering(loads: readonly RunningLoad[]): Promise<void> {
  const before = loads.map(({ answered }) => answered);
  await eventually("every load is answered", () => loads.map(({ answered }) => answered), {
    found: (now) => now.every((count, i) => count > (before[i] ?? 0) + 20),
    withinMs: 30_000,
  });
}

/** What was logged of reloads: the start's own line names no cause. */
function reloads(penstock: Penstock, event: string) {
  return penstock.logged(event).filter(({ cause }) => cause !== undefined);
}

function apply(penstock: Penstock, ...file: readonly string[]): Promise<string> {
  return operate(penstock, "config", "apply", ...file);
}
