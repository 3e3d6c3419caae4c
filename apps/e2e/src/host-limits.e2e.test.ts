// A host with fewer places than its pools want: never more workers than it may have, and each pool is served.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import test from "node:test";
import { eventually } from "./support/eventually.ts";
import { startLoad } from "./support/load.ts";
import type { Place } from "./support/penstock.ts";
import { withPenstock } from "./support/run-penstock.ts";

const PLACES = 2;

const configuration = ({ url, application }: Place): string => {
  const pool = (name: string) => ({
    urls: [url(`/${name}/`)],
    module: application("echo"),
    concurrency: 2,
  });
  const applicationPools = { greedy: pool("greedy"), modest: pool("modest") };
  return JSON.stringify({ version: 1, applicationPools, host: { maxWorkers: PLACES } });
};

test("a pool that holds every place gives one to a pool that waits, says so, and no request fails", () =>
  withPenstock(configuration, async (penstock) => {
    const counts: number[] = [];
    const look = async () => {
      // In one question: a worker that moves between two would be counted twice.
      const workers = await penstock.allWorkers();
      counts.push(workers.length);
      return ["greedy", "modest"].map(
        (name) => workers.filter(({ pool, state }) => pool === name && state === "ready").length,
      );
    };
    await using greedy = startLoad({ origin: penstock.origin, path: "/greedy/", clients: 16 });
    await eventually("one pool holds every place", look, { found: ([held]) => held === PLACES });
    await eventually("it is told that it is short", () => penstock.logged("pool.short"), {
      found: (lines) => lines.some(({ pool }) => pool === "greedy"),
    });
    await using modest = startLoad({ origin: penstock.origin, path: "/modest/", clients: 1 });
    await eventually("each has one", look, { found: ([one, other]) => one === 1 && other === 1 });
    const answered = modest.answered;
    await eventually("the modest one is answered", () => modest.answered, {
      found: (now) => now > answered,
    });
    const { short } = await eventually("it still wants more", () => penstock.pool("greedy"), {
      found: (pool) => pool.short !== undefined,
    });
    assert.match(
      short?.reason ?? "",
      /^the host is full: \d of 2 workers live \(host\.maxWorkers\)/,
    );
    await Promise.all([greedy.end(), modest.end()]);
    assert.deepEqual([...greedy.faults, ...modest.faults], []);
    assert(Math.max(...counts) <= PLACES, `never more than ${PLACES}: ${counts.join(" ")}`);

    // Without limits nobody waits, and nobody is replaced for it.
    const path = penstock.workspace.configuration;
    const text = await readFile(path, "utf8");
    await writeFile(path, text.replace(`"maxWorkers":${PLACES}`, `"maxWorkers":0`));
    await eventually("nobody is short", () => penstock.pool("greedy"), {
      found: ({ short: still }) => still === undefined,
    });
  }));
