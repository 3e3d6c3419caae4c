// Pools whose workers sleep after a moment, and what tests look at there.

import assert from "node:assert/strict";
import { eventually } from "./eventually.ts";
import type { Penstock } from "./penstock.ts";

/** So soon a worker without requests is put to sleep. */
export const sleepy = { processModel: { idleTimeout: "300ms", idleTimeoutAction: "Suspend" } };

/** Asks once; the answer has to be a good one. */
export async function ask(penstock: Penstock, path: string, method = "GET"): Promise<string> {
  const answer = await fetch(`${penstock.origin}${path}`, { method });
  const text = await answer.text();
  assert.equal(answer.status, 200, text);
  return text;
}

/** Waits until the pool's one worker is frozen, as the log says; returns its process. */
export async function untilAsleep(penstock: Penstock, pool: string): Promise<number> {
  const frozen = () => penstock.logged("worker.suspended").length;
  const thawed = () => penstock.logged("worker.resumed").length;
  const [worker] = await eventually(
    `pool ${pool} sleeps`,
    () => penstock.workers(pool).catch(() => []),
    {
      found: (workers) =>
        workers.length === 1 && workers[0]?.state === "suspended" && frozen() > thawed(),
    },
  );
  assert(worker);
  return worker.pid;
}
