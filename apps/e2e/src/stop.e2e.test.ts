// Ctrl-C: what runs finishes; pressed twice, everything ends at once. Nothing is left either way.

import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { eventually } from "./support/eventually.ts";
import type { Penstock, Place } from "./support/penstock.ts";
import { withPenstock } from "./support/run-penstock.ts";
import { withLimit } from "./support/with-limit.ts";

const SERVE = fileURLToPath(new URL("applications/serve.ts", import.meta.url));

/** A second signal within half a second counts as the same wish: npm forwards the terminal's. */
const SECOND_WISH_MS = 700;

const pools = ({ url, application }: Place) => ({
  module: { urls: [url("/module/")], module: application("echo") },
  command: { urls: [url("/command/")], command: [process.execPath, SERVE, "echo"] },
});

test("Ctrl-C lets running requests finish and leaves nothing", () =>
  withPenstock(pools, async (penstock) => {
    const answers = await runningRequests(penstock, 2000);
    penstock.signal("SIGINT");
    for (const [i, answer] of (await Promise.all(answers)).entries()) {
      assert.equal(answer.status, 200);
      assert.equal(await answer.text(), i === 0 ? "/module/ " : "/command/ ");
    }
    const end = await withLimit(penstock.command.ended, 10_000, "the stop");
    assert.deepEqual(end, { code: 0, signal: null });
    await penstock.assertNothingLeft();
  }));

test("Ctrl-C while a first worker starts still answers who waits for it", () =>
  withPenstock(pools, async (penstock) => {
    const answer = fetch(`${penstock.origin}/module/`);
    await eventually("it waits", () => penstock.metrics("listener"), {
      found: (metrics) => metrics.value('penstock_http_requests_in_flight{pool="module"}') === 1,
    });
    penstock.signal("SIGINT");
    assert.equal((await answer).status, 200);
    const end = await withLimit(penstock.command.ended, 10_000, "the stop");
    assert.deepEqual(end, { code: 0, signal: null });
    await penstock.assertNothingLeft();
  }));

test("a second Ctrl-C ends everything at once and leaves nothing", () =>
  withPenstock(pools, async (penstock) => {
    const answers = await runningRequests(penstock, 60_000);
    penstock.signal("SIGINT");
    await delay(SECOND_WISH_MS);
    penstock.signal("SIGINT");
    const end = await withLimit(penstock.command.ended, 2000, "the end");
    assert.deepEqual(end, { code: 130, signal: null });
    for (const answer of await Promise.allSettled(answers)) assert.equal(answer.status, "rejected");
    await eventually("all is gone", () => penstock.assertNothingLeft().then(() => "", String), {
      found: (left) => left === "",
      withinMs: 3000,
    });
  }));

test("two signals at once are one wish: what runs finishes", () =>
  withPenstock(pools, async (penstock) => {
    const answers = await runningRequests(penstock, 1000);
    penstock.signal("SIGINT");
    penstock.signal("SIGINT");
    for (const answer of await Promise.all(answers)) assert.equal(answer.status, 200);
    const end = await withLimit(penstock.command.ended, 10_000, "the stop");
    assert.deepEqual(end, { code: 0, signal: null });
    await penstock.assertNothingLeft();
  }));

/** One request in each pool, in a worker's hands. */
async function runningRequests(penstock: Penstock, waitMs: number): Promise<Promise<Response>[]> {
  const answers = ["module", "command"].map((pool) => {
    const answer = fetch(`${penstock.origin}/${pool}/?wait=${waitMs}`);
    answer.catch(() => {});
    return answer;
  });
  for (const pool of ["module", "command"]) {
    await eventually(`pool ${pool} runs it`, () => penstock.pool(pool), {
      found: ({ slots }) => slots.busy === 1,
    });
  }
  return answers;
}
