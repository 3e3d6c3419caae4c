// `penstock pool …`: application pools, looked at and operated.

import { parseDuration } from "@penstock/configuration";
import { ServiceError } from "@penstock/foundation";
import { AdminClient } from "../admin-client.ts";
import { exitCode } from "../exit-code.ts";
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

/** How `pool scale` was asked. */
export interface ScaleOptions extends OperateOptions {
  /** A duration as the configuration writes it; absent: until further notice. */
  readonly for?: string;
}

/** Has one hold at least so many workers, for a time or until further notice, or go by its demand again. */
export async function scale(
  name: string,
  workers: number | "auto",
  options: ScaleOptions,
): Promise<void> {
  const { for: time } = options;
  if (time !== undefined) assertTime(time, workers);
  const lasting = time === undefined ? "" : `?for=${encodeURIComponent(time)}`;
  const path = `${pathOf(name)}/scale/${workers}${lasting}`;
  const done =
    workers === "auto"
      ? `pool ${name} has as many workers as its demand wants`
      : `pool ${name} holds at least ${workers} workers${time === undefined ? "" : ` for ${time}`}`;
  await operate(new AdminClient(options), path, { done, options });
}

function assertTime(time: string, workers: number | "auto"): void {
  const isTime = (parseDuration(time) ?? 0) > 0;
  if (isTime && workers !== "auto") return;
  process.exitCode = exitCode.usage;
  throw new ServiceError(isTime ? "auto holds nobody for a time" : `--for: "${time}" is no time`, {
    code: "SCALE_TIME_INVALID",
    remedy: "Ask for a number of workers for a time such as 90s, 10m or 1h30m.",
  });
}

function pathOf(name: string): string {
  return `pools/${encodeURIComponent(name)}`;
}
