// A command that makes workers leave: asked, and watched until the last of them is gone.

import { setTimeout as delay } from "node:timers/promises";
import { ServiceError } from "@penstock/foundation";
import type { AdminClient, AdminOptions } from "./admin-client.ts";
import { exitCode } from "./exit-code.ts";
import { print, tell } from "./print.ts";
import type { ShownWorker } from "./shown-state.ts";

/** How often the workers are looked at, milliseconds. */
const LOOK_MS = 200;

/** What such a command was told. */
export interface OperateOptions extends AdminOptions {
  readonly output: "table" | "json";
  /** False: the command ends when it holds, not when all who leave are gone. */
  readonly wait: boolean;
  /** Seconds. */
  readonly timeout: number;
}

interface Accepted {
  readonly leaving: readonly string[];
  /** What is to be done besides. */
  readonly notice?: string;
}

/** Asks at a path and waits. `done`: the sentence for people, without its end. */
export async function operate(
  client: AdminClient,
  path: string,
  { done, options }: { done: string; options: OperateOptions },
): Promise<void> {
  const startedAt = performance.now();
  const accepted = (await client.post(path)) as Accepted;
  const { leaving, notice } = accepted;
  if (notice !== undefined) tell(notice);
  if (options.wait) await untilGone(client, leaving, options.timeout);
  const seconds = (performance.now() - startedAt) / 1000;
  if (options.output === "json") print(JSON.stringify({ ...accepted, seconds }, undefined, 2));
  else print(`${done}${outcome(leaving.length, options.wait, seconds)}.`);
}

function outcome(count: number, waited: boolean, seconds: number): string {
  if (count === 0) return "";
  const workers = count === 1 ? "1 worker" : `${count} workers`;
  return waited ? `; ${workers} left within ${seconds.toFixed(1)} s` : `; ${workers} will leave`;
}

async function untilGone(
  client: AdminClient,
  leaving: readonly string[],
  timeoutS: number,
): Promise<void> {
  const limit = performance.now() + timeoutS * 1000;
  let left = leaving;
  while (left.length > 0) {
    const alive = (await client.get("workers")) as readonly ShownWorker[];
    const still = alive.filter(({ id }) => leaving.includes(id));
    if (still.length < left.length && still.length > 0)
      tell(
        `${still.map(({ id, running }) => `${id} (${running} in hand)`).join(", ")} still there`,
      );
    left = still.map(({ id }) => id);
    if (left.length === 0) return;
    if (performance.now() > limit) {
      process.exitCode = exitCode.timedOut;
      throw new ServiceError(`${left.join(", ")} did not leave within ${timeoutS} s`, {
        code: "WORKERS_STILL_THERE",
        remedy:
          "The command holds all the same: they leave when they have finished. `penstock worker kill` ends one at once.",
      });
    }
    await delay(LOOK_MS);
  }
}
