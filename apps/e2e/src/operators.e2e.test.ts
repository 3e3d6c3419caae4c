// What operators ask holds at once, costs no request that was accepted, and outlives the controller; so does
// the verdict of rapid-fail protection.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { eventually } from "./support/eventually.ts";
import { startLoad } from "./support/load.ts";
import { command, operate } from "./support/operate.ts";
import { pids, type Penstock, type Place } from "./support/penstock.ts";
import { assertRefusal } from "./support/refusal.ts";
import { launch, untilUp, withPenstock } from "./support/run-penstock.ts";
import { makeWorkspace, removeWorkspace } from "./support/workspace.ts";

const DISABLED = { status: 503, reason: "Disabled", waits: false };
const OFFLINE = { status: 503, reason: "AppOffline", waits: false };

const pools = ({ url, application }: Place) => ({
  echo: { urls: [url("/echo/")], module: application("echo") },
  other: { urls: [url("/other/")], module: application("echo") },
});

/** A pool whose application ends at once unless a file `works` lies beside the configuration. */
const fragile = ({ url, folder, application }: Place) => ({
  fragile: {
    urls: [url("/fragile/")],
    command: [
      "node",
      "-e",
      `require("node:fs").accessSync(${JSON.stringify(join(folder, "works"))});
       require("node:http").createServer((_, answer) => answer.end("works")).listen(process.env.PORT, "127.0.0.1")`,
    ],
    failure: { rapidFailProtectionMaxCrashes: 2 },
  },
  echo: { urls: [url("/echo/")], module: application("echo") },
});

test("a stopped pool finishes what it runs, refuses the rest, and stays stopped when its controller is killed", () =>
  withPenstock(pools, async (penstock) => {
    const ask = (path: string) => fetch(`${penstock.origin}/${path}`);
    const running = ask("echo/?wait=1500");
    await eventually("it runs", () => penstock.pool("echo"), {
      found: ({ slots }) => slots.busy === 1,
    });
    const stopped = operate(penstock, "pool", "stop", "echo");
    await eventually("it is stopped", () => penstock.pool("echo"), {
      found: ({ state }) => state === "stopped",
    });
    await eventually("it refuses", () => ask("echo/"), { found: ({ status }) => status === 503 });
    await assertRefusal(await ask("echo/"), DISABLED);
    assert.equal((await running).status, 200);
    assert.match(await stopped, /pool echo is stopped.*1 worker left within/);
    assert.equal((await ask("other/")).status, 200);

    await replaceController(penstock);
    assert.equal((await penstock.pool("echo")).state, "stopped");
    await assertRefusal(await ask("echo/"), DISABLED);

    await operate(penstock, "pool", "start", "echo");
    await eventually("it serves", () => ask("echo/"), { found: ({ status }) => status === 200 });
    await replaceController(penstock);
    assert.equal((await ask("echo/")).status, 200);
  }));

test("a recycling under load replaces every worker and fails no request, and is not done twice", () =>
  withPenstock(pools, async (penstock) => {
    await using load = startLoad({ origin: penstock.origin, path: "/echo/", clients: 4 });
    const [before] = await eventually("a worker", () => penstock.workers("echo"), {
      found: (workers) => workers.length > 0 && workers.every(({ state }) => state === "ready"),
    });
    const said = await operate(penstock, "pool", "recycle", "echo");
    assert.match(said, /pool echo is recycled; \d+ workers? left within/);
    const [after] = await penstock.workers("echo");
    assert(before && after);
    assert.notEqual(after.id, before.id);
    assert.equal(after.generation, `${before.generation}.1`);
    const metrics = await penstock.metrics("controller");
    assert.equal(metrics.value('penstock_recycles_total{pool="echo",reason="on_demand"}'), 1);

    await replaceController(penstock);
    await operate(penstock, "worker", "show", after.id);
    await load.end();
    assert.deepEqual(load.faults, []);
  }));

test("a worker that is stopped finishes, one that is killed is replaced, and neither counts as a failure", () =>
  withPenstock(pools, async (penstock) => {
    const ask = (path: string) => fetch(`${penstock.origin}/echo/${path}`);
    const running = ask("?wait=1000");
    const [first] = await eventually("it runs", () => penstock.workers("echo"), {
      found: ([worker]) => worker?.running === 1,
    });
    assert(first);
    await operate(penstock, "worker", "stop", first.id);
    assert.equal((await running).status, 200);
    const repeated = ask("?wait=800");
    const [second] = await eventually("another runs", () => penstock.workers("echo"), {
      found: ([worker]) => worker !== undefined && worker.id !== first.id && worker.running === 1,
    });
    assert(second);
    await operate(penstock, "worker", "kill", second.id);
    assert.equal((await repeated).status, 200, "a GET is sent again");
    const metrics = await penstock.metrics("controller");
    assert.equal(metrics.value('penstock_worker_exits_total{pool="echo",reason="manual"}'), 2);
    assert.equal(metrics.value('penstock_worker_exits_total{pool="echo",reason="crash"}'), 0);
  }));

test("a pool that is offline stays so when its controller is killed, until an operator starts it", () =>
  withPenstock(fragile, async (penstock) => {
    const ask = () => fetch(`${penstock.origin}/fragile/`);
    await assertRefusal(await ask(), OFFLINE);
    await replaceController(penstock);
    const pool = await penstock.pool("fragile");
    assert.equal(pool.state, "rapid_fail");
    assert.match(pool.offline?.reason ?? "", /too many failures/);
    const refusal = await assertRefusal(await ask(), OFFLINE);
    assert.equal(refusal.detail, "Its workers end before they are ready.");
    const conflict = await command(penstock, "pool", "recycle", "fragile");
    assert.equal(conflict.code, 5);
    assert.match(conflict.stderr, /it is offline\n {2}penstock pool start fragile/);

    await writeFile(join(penstock.place.folder, "works"), "");
    await operate(penstock, "pool", "start", "fragile");
    const answer = await eventually("it serves", ask, { found: ({ status }) => status === 200 });
    assert.equal(await answer.text(), "works");
  }));

test("a pool that is scaled holds its workers when its controller is killed, until it goes by its demand again", () =>
  withPenstock(pools, async (penstock) => {
    assert.match(await operate(penstock, "pool", "scale", "echo", "2"), /holds at least 2 workers/);
    const before = await penstock.untilWorkers("echo", 2);
    await replaceController(penstock);
    const after = await penstock.untilWorkers("echo", 2);
    assert.deepEqual(pids(after), pids(before), "they are the same workers");
    assert.match(await operate(penstock, "pool", "show", "echo"), /^held +at least 2, until/m);
    const conflict = await command(penstock, "pool", "scale", "echo", "9");
    assert.equal(conflict.code, 5);
    assert.match(conflict.stderr, /it may have 4 workers \(maxProcesses\)/);
    await operate(penstock, "pool", "scale", "echo", "auto");
    assert.doesNotMatch(await operate(penstock, "pool", "show", "echo"), /^held/m);
    const told = await operate(penstock, "events", "--pool", "echo");
    assert.match(told, /scale pool echo to 2: asked by an operator/);
  }));

test("a start of everything is another try for a pool that was offline, and none for one that was stopped", async () => {
  const workspace = await makeWorkspace();
  try {
    const first = await launch(workspace, fragile);
    await untilUp(first.command);
    await assertRefusal(await fetch(`${first.origin}/fragile/`), OFFLINE);
    await operate(first, "pool", "stop", "echo");
    await first.stop();
    await writeFile(join(workspace.folder, "works"), "");
    const second = await launch(workspace, fragile);
    await untilUp(second.command);
    assert.equal((await fetch(`${second.origin}/fragile/`)).status, 200);
    await assertRefusal(await fetch(`${second.origin}/echo/`), DISABLED);
    await second.stop();
  } finally {
    await removeWorkspace(workspace);
  }
});

/** Kills the controller and waits until another one decides. */
async function replaceController(penstock: Penstock): Promise<void> {
  const configured = () => penstock.logged("configuration.applied").length;
  const before = configured();
  process.kill(penstock.pidOf("controller"), "SIGKILL");
  await eventually("another controller", () => configured(), { found: (count) => count > before });
  await eventually("its API", () => penstock.pool("echo").catch(() => undefined), {
    found: (pool) => pool !== undefined,
  });
}
