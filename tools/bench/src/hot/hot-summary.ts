// What the samples of the hot path come to: one row per target and number of connections, and how it
// compares with http-proxy. Pure.

import { summarizeLoads, type LoadSummary } from "../measuring/load-summary.ts";
import type { TargetName } from "../targets/target.ts";
import type { HotSample } from "./hot-path.ts";

/** The target that the others are compared with. */
export const peer: TargetName = "http-proxy";

/** A target at a number of connections. */
export interface HotRow extends LoadSummary {
  readonly connections: number;
  readonly target: TargetName;
}

/** Sums up. Rows are in the order in which the samples first name them. */
export function summarizeHotPath(samples: readonly HotSample[]): HotRow[] {
  const groups = Map.groupBy(samples, ({ connections, target }) => `${connections} ${target}`);
  return Array.from(groups.values(), (group) => {
    const [{ connections, target } = { connections: 0, target: peer }] = group;
    const peers = groups.get(`${connections} ${peer}`) ?? [];
    return { connections, target, ...summarizeLoads(group, peers) };
  }).sort((one, other) => one.connections - other.connections);
}
