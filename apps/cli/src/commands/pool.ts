// `penstock pool …`: application pools, looked at and operated.

import { AdminClient } from "../admin-client.ts";
import { operate, type OperateOptions } from "../operate.ts";
import { print } from "../print.ts";
import { poolFacts, poolTable, type ShownPool } from "../shown-state.ts";
import type { StatusOptions } from "./status.ts";

const DONE = {
  start: (pool: string) => `pool ${pool} is started`,
  stop: (pool: string) => `pool ${pool} is stopped: its requests get 503 Disabled`,
  recycle: (pool: string) => `pool ${pool} is recycled`,
  promote: (pool: string) => `the canary of pool ${pool} is promoted`,
  rollback: (pool: string) => `the canary of pool ${pool} is rolled back`,
} as const;

/** All pools. */
export async function ls(options: StatusOptions): Promise<void> {
  const pools = (await new AdminClient(options).get("pools")) as ShownPool[];
  print(options.output === "json" ? JSON.stringify(pools, undefined, 2) : poolTable(pools));
}

/** One pool. */
export async function show(name: string, options: StatusOptions): Promise<void> {
  const pool = (await new AdminClient(options).get(pathOf(name))) as ShownPool;
  print(options.output === "json" ? JSON.stringify(pool, undefined, 2) : poolFacts(pool));
}

/** Starts, stops or recycles one, or decides about its canary. */
export async function command(
  name: string,
  verb: keyof typeof DONE,
  options: OperateOptions,
): Promise<void> {
  const path = `${pathOf(name)}/${verb}`;
  await operate(new AdminClient(options), path, { done: DONE[verb](name), options });
}

/** Has one hold at least so many workers, or go by its demand again. */
export async function scale(
  name: string,
  workers: number | "auto",
  options: OperateOptions,
): Promise<void> {
  const path = `${pathOf(name)}/scale/${workers}`;
  const done =
    workers === "auto"
      ? `pool ${name} has as many workers as its demand wants`
      : `pool ${name} holds at least ${workers} workers`;
  await operate(new AdminClient(options), path, { done, options });
}

function pathOf(name: string): string {
  return `pools/${encodeURIComponent(name)}`;
}
