// A program that starts slowly, does not hear SIGTERM and ends with 0 though nobody asked: its clients notice
// nothing but the time of a start.

import assert from "node:assert/strict";
import test from "node:test";
import { eventually } from "./support/eventually.ts";
import { startLoad } from "./support/load.ts";
import { operate } from "./support/operate.ts";
import type { Penstock, Place } from "./support/penstock.ts";
import { isRunning } from "./support/process-table.ts";
import { withPenstock } from "./support/run-penstock.ts";

const pools = ({ url, application }: Place) => ({
  app: {
    urls: [url("/app/")],
    command: [process.execPath, application("ill-mannered")],
    processModel: { maxProcesses: 2, shutdownTimeLimit: "1s" },
  },
});

const ask = async (penstock: Penstock, path: string): Promise<number> => {
  const answer = await fetch(`${penstock.origin}/app/${path}`);
  const text = await answer.text();
  assert.equal(answer.status, 200, text);
  return Number(text);
};

const exits = (penstock: Penstock) =>
  penstock
    .logged("worker.exited")
    .map(({ worker, reason }) => `${String(worker)} ${String(reason)}`);

test("requests wait for a slow start, one that ends with 0 is replaced, and one that stays is killed", () =>
  withPenstock(pools, async (penstock) => {
    const [first, second] = await Promise.all([ask(penstock, "a"), ask(penstock, "b")]);
    assert.equal(first, second, "both waited for one worker");

    assert.equal(await ask(penstock, "exit"), first);
    const [crash = ""] = await eventually("its end is seen", () => exits(penstock), {
      found: ({ length }) => length > 0,
    });
    assert.match(crash, /^app-\w+ crash$/, "nobody asked it to, so it counts");
    const next = await ask(penstock, "c");
    assert.notEqual(next, first);

    const [stays] = await penstock.workers("app");
    assert(stays);
    await using load = startLoad({ origin: penstock.origin, path: "/app/", clients: 2 });
    await operate(penstock, "pool", "recycle", "app");
    await load.end();
    const refused = load.faults.filter(({ what }) => !what.startsWith("200 "));
    assert.deepEqual(refused, []);
    assert(!isRunning(next), "its limit was over");
    assert.match(exits(penstock).at(-1) ?? "", new RegExp(`^${stays.id} `));
    assert.notEqual(await ask(penstock, "d"), next);
  }));
