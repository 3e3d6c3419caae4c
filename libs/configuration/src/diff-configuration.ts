// What a reload changes, pool by pool: the difference between the configuration in force and the next.

import { isDeepStrictEqual } from "node:util";
import type { ApplicationPool } from "@penstock/domain";
import { generationOf } from "./generation.ts";
import type { HostConfiguration } from "./host-configuration.ts";
import { poolNotation, type Notation } from "./pool-notation.ts";
import { urlGroupsNotation } from "./url-group-notation.ts";

/** A pool that is in both configurations and differs. */
export interface PoolChange {
  readonly name: string;
  /** Key paths within the pool as the file names them, in the file's order: `processModel.idleTimeout`. */
  readonly keys: readonly string[];
  /** True when running workers are out of date: the pool's generation differs. */
  readonly generationChanged: boolean;
}

/** Names of pools, and what changed. All empty: nothing is to be done. */
export interface ConfigurationDiff {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly PoolChange[];
}

/** Compares two configurations. The order of pools does not count. */
export function diffConfiguration(
  current: Pick<HostConfiguration, "pools">,
  next: Pick<HostConfiguration, "pools">,
): ConfigurationDiff {
  const before = byName(current);
  const after = byName(next);
  const changed: PoolChange[] = [];
  for (const [name, pool] of after) {
    const previous = before.get(name);
    if (previous === undefined) continue;
    const keys = [...changedKeys(notationOf(previous), notationOf(pool), "")];
    const generationChanged = generationOf(previous) !== generationOf(pool);
    if (keys.length > 0) changed.push({ name, keys, generationChanged });
  }
  return {
    added: [...after.keys()].filter((name) => !before.has(name)),
    removed: [...before.keys()].filter((name) => !after.has(name)),
    changed,
  };
}

/** A pool's own keys, and its URL groups under the file's key for them. */
function notationOf(pool: ApplicationPool): Notation {
  return { ...poolNotation(pool), urlGroups: urlGroupsNotation([pool]) };
}

function byName({ pools }: Pick<HostConfiguration, "pools">): ReadonlyMap<string, ApplicationPool> {
  return new Map(pools.map((pool) => [pool.name, pool]));
}

function* changedKeys(before: Notation, after: Notation, prefix: string): Generator<string> {
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [left, right] = [before[key], after[key]];
    if (isMapping(left) && isMapping(right)) yield* changedKeys(left, right, `${prefix}${key}.`);
    else if (!isDeepStrictEqual(left, right)) yield `${prefix}${key}`;
  }
}

function isMapping(value: unknown): value is Notation {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
