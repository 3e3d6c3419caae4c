// `idleTimeoutAction: Suspend`: an idle worker sleeps, its memory stays, and the next request wakes the same
// process, whatever happened meanwhile.

import assert from "node:assert/strict";
import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { closedByPeer } from "./support/closed-connections.ts";
import { eventually } from "./support/eventually.ts";
import { operate } from "./support/operate.ts";
import { isRunning, processesOf, stateOf } from "./support/process-table.ts";
import type { Place, Pools } from "./support/penstock.ts";
import { withPenstock } from "./support/run-penstock.ts";
import { ask, sleepy, untilAsleep } from "./support/sleeping-worker.ts";
import { natsServer } from "./support/workspace.ts";

const counting = ({ url, application }: Place): Pools => ({
  counter: { urls: [url("/counter/")], module: application("counter"), ...sleepy },
});

test("an idle worker sleeps, its memory stays, and the next request wakes the same process", () =>
  withPenstock(counting, async (penstock) => {
    assert.match(await ask(penstock, "/counter/"), /^request 1 of process \d+$/);
    const pid = await untilAsleep(penstock, "counter");
    assert.equal(stateOf(pid), "T");
    for (let count = 2; count <= 4; count++) {
      assert.equal(await ask(penstock, "/counter/"), `request ${count} of process ${pid}`);
      assert.equal(await untilAsleep(penstock, "counter"), pid);
    }
    assert.equal(penstock.logged("worker.started").length, 1);
    assert.equal(penstock.logged("worker.exited").length, 0);
    const metrics = await penstock.metrics("controller");
    const of = 'pool="counter"';
    assert.equal(metrics.value(`penstock_pool_workers{${of},state="suspended"}`), 1);
    assert.equal(metrics.value(`penstock_worker_suspensions_total{${of}}`), 4);
    assert.equal(metrics.value(`penstock_worker_resume_duration_seconds_count{${of}}`), 3);
    assert.deepEqual((await penstock.pool("counter")).workers, {
      ready: 0,
      starting: 0,
      suspended: 1,
      orphaned: 0,
      max: 4,
    });
  }));

test("a command sleeps with all that it started, goes on, and ends with a worker that is killed asleep", () =>
  withPenstock(
    ({ url, application }) => ({
      counter: {
        urls: [url("/counter/")],
        // A shell that has a child: not the worker's own child serves.
        command: ["/bin/sh", "-c", `${process.execPath} "$0" counter & wait`, application("serve")],
        ...sleepy,
      },
    }),
    async (penstock) => {
      const served = /of process (\d+)$/.exec(await ask(penstock, "/counter/"))?.[1];
      const pid = await untilAsleep(penstock, "counter");
      assert.notEqual(Number(served), pid);
      assert.deepEqual([stateOf(pid), stateOf(Number(served))], ["T", "T"]);
      assert.equal(await ask(penstock, "/counter/"), `request 2 of process ${served}`);
      await untilAsleep(penstock, "counter");
      process.kill(pid, "SIGKILL");
      await eventually("the command is gone", () => isRunning(Number(served)), {
        found: (runs) => !runs,
      });
      assert.match(await ask(penstock, "/counter/"), /^request 1 of process/, "a new one");
    },
  ));

test("requests that come while a worker falls asleep are lost to nobody, and run once", () =>
  withPenstock(
    ({ url, application }) => ({
      counter: {
        urls: [url("/counter/")],
        module: application("counter"),
        processModel: { idleTimeout: "50ms", idleTimeoutAction: "Suspend" },
      },
    }),
    async (penstock) => {
      await ask(penstock, "/counter/", "POST");
      // It rests 50 to 600 ms after a request: the pulls that are open end by themselves.
      for (let count = 2; count <= 40; count++) {
        await delay((count * 37) % 700);
        const answer = await ask(penstock, "/counter/", "POST");
        assert.match(answer, new RegExp(`^request ${count} of`));
      }
      assert.equal(penstock.logged("worker.started").length, 1);
      assert(penstock.logged("worker.suspended").length > 1, "it slept in between");
    },
  ));

test("a controller that is killed finds the worker asleep, and its successor wakes it", () =>
  withPenstock(counting, async (penstock) => {
    await ask(penstock, "/counter/");
    const pid = await untilAsleep(penstock, "counter");
    process.kill(penstock.pidOf("controller"), "SIGKILL");
    await eventually("it is adopted", () => penstock.logged("worker.adopted"), {
      found: (adopted) => adopted.length === 1,
    });
    assert.equal(stateOf(pid), "T", "adopted as it was");
    assert.equal(await ask(penstock, "/counter/"), `request 2 of process ${pid}`);
    assert.equal(penstock.logged("worker.exited").length, 0);
  }));

test("a worker whose connection the broker cut while it slept is back for the next request", async () => {
  const environment = { PENSTOCK_NATS_SERVER: "" };
  await withPenstock(
    counting,
    async (penstock) => {
      await ask(penstock, "/counter/");
      const pid = await untilAsleep(penstock, "counter");
      await eventually("the broker cuts it", () => closedByPeer(pid), {
        found: (closed) => closed === 1,
        withinMs: 20_000,
      });
      assert.equal(await ask(penstock, "/counter/"), `request 2 of process ${pid}`);
      assert.equal(penstock.logged("worker.exited").length, 0);
    },
    {
      environment,
      before: async ({ folder }) => {
        environment.PENSTOCK_NATS_SERVER = await impatientBroker(folder);
      },
    },
  );
});

for (const [command, state] of [
  ["recycle", "started"],
  ["stop", "stopped"],
] as const)
  test(`pool ${command} ends a worker that sleeps, in order`, () =>
    withPenstock(counting, async (penstock) => {
      await ask(penstock, "/counter/");
      const pid = await untilAsleep(penstock, "counter");
      await operate(penstock, "pool", command, "counter");
      const [exit] = await eventually("it is gone", () => penstock.logged("worker.exited"), {
        found: (exits) => exits.length === 1,
      });
      assert.equal(exit?.["code"], 0, "it ended by itself");
      assert.equal(isRunning(pid), false);
      assert.equal((await penstock.pool("counter")).state, state);
    }));

test("a worker that sleeps goes before its credentials end, and the next request starts another", () =>
  withPenstock(
    counting,
    async (penstock) => {
      await ask(penstock, "/counter/");
      const pid = await untilAsleep(penstock, "counter");
      const [exit] = await eventually("it went", () => penstock.logged("worker.exited"), {
        found: (exits) => exits.length === 1,
        withinMs: 30_000,
      });
      assert.deepEqual([exit?.["code"], exit?.["reason"]], [0, "idle"]);
      assert.equal(penstock.logged("worker.stale").length, 1);
      assert.doesNotMatch(await ask(penstock, "/counter/"), new RegExp(`process ${pid}$`));
    },
    { environment: { PENSTOCK_WORKER_TOKEN_LIFE: "12s" } },
  ));

test("a stop of everything ends workers that sleep", () =>
  withPenstock(counting, async (penstock) => {
    await ask(penstock, "/counter/");
    await untilAsleep(penstock, "counter");
    await penstock.stop();
    assert.deepEqual(processesOf(penstock.workspace.folder), []);
  }));

/** The broker with a patience of seconds instead of minutes for clients that do not answer its pings. */
async function impatientBroker(folder: string): Promise<string> {
  const path = join(folder, "impatient-nats-server");
  const script = `#!/bin/sh
[ "$1" = -c ] && printf 'ping_interval: "1s"\\nping_max: 1\\n' >>"$2"
exec ${await natsServer()} "$@"
`;
  await writeFile(path, script);
  await chmod(path, 0o755);
  return path;
}
