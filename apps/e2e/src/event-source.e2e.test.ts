// A browser's EventSource (undici's, which is the one in Node) gets every event once, through answers that end
// and workers that die: it comes again by itself and says which event it has.

import assert from "node:assert/strict";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { EventSource } from "undici";
import { eventually } from "./support/eventually.ts";
import type { Penstock, Place } from "./support/penstock.ts";
import { withPenstock } from "./support/run-penstock.ts";

const SERVE = fileURLToPath(new URL("applications/serve.ts", import.meta.url));

const pools = ({ url, application }: Place) => ({
  module: { urls: [url("/module/")], module: application("events") },
  command: { urls: [url("/command/")], command: [process.execPath, SERVE, "events"] },
});

/** An event: its number, and the process that sent it. */
interface Counted {
  readonly id: number;
  readonly pid: number;
}

test("an EventSource comes again with the last event that it has", async (context) => {
  await withPenstock(pools, async (penstock) => {
    for (const pool of ["module", "command"]) {
      await context.test(`${pool}: an answer ends`, () => again(penstock, pool));
      await context.test(`${pool}: a worker is killed`, () => afterDeath(penstock, pool));
    }
  });
});

async function again({ origin }: Penstock, pool: string): Promise<void> {
  const heard = await listen(`${origin}/${pool}/`, (events) => events.length >= 9);
  assert.deepEqual(
    heard.map(({ id }) => id),
    heard.map((_, n) => n + 1),
  );
}

async function afterDeath(penstock: Penstock, pool: string): Promise<void> {
  let killed = false;
  const heard = await listen(`${penstock.origin}/${pool}/?stay`, async (events) => {
    // The answer is open and nothing more will come.
    if (events.length === 3 && !killed) {
      killed = true;
      for (const { pid } of await penstock.workers(pool)) process.kill(pid, "SIGKILL");
    }
    return events.length >= 6;
  });
  assert.deepEqual(
    heard.slice(0, 6).map(({ id }) => id),
    [1, 2, 3, 4, 5, 6],
  );
  assert.notEqual(heard[3]?.pid, heard[2]?.pid, "another process went on");
}

/** Listens until what was heard is enough. */
async function listen(
  url: string,
  enough: (events: readonly Counted[]) => boolean | Promise<boolean>,
): Promise<Counted[]> {
  const heard: Counted[] = [];
  const source = new EventSource(url);
  try {
    source.addEventListener("count", (event) => {
      const { data, lastEventId } = event as Event & { data: string; lastEventId: string };
      const [pid, id] = data.split("\n").map(Number);
      assert.equal(String(id), lastEventId);
      heard.push({ id: id ?? 0, pid: pid ?? 0 });
    });
    await eventually("enough events", async () => ({ heard, done: await enough(heard) }), {
      found: ({ done }) => done,
      withinMs: 30_000,
    });
  } finally {
    source.close();
  }
  return heard;
}
