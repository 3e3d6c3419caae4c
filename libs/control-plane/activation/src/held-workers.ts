// `penstock pool scale`: an operator has a pool hold at least so many workers, until it is told to go by its
// demand again, or a time is over. It is a floor like `minProcesses`, and scaling goes on above it; so a number that was asked for
// before an event cannot become a ceiling during it.
//
//   asked for                                     becomes                 refused
//   -------------------------------------------   ---------------------   ------------------------------------
//   auto                                          no floor of operators   -
//   within minProcesses and maxProcesses          floor                   -
//   below minProcesses, above maxProcesses        -                       the configuration decides that
//   more than the host's limits allow             -                       they would never all start

import type { ApplicationPool, HostLimits } from "@penstock/domain";
import type { CommandVerdict, PoolStanding } from "./pool-standing.ts";

/** A number of workers, or `auto`: as demand wants it. */
export type HeldWorkers = number | "auto";

/** What an operator asks. */
export interface HoldOrder {
  readonly workers: HeldWorkers;
  /** Milliseconds since the Unix epoch; absent: until further notice. */
  readonly until?: number;
}

/** What `pool scale` makes of a pool's standing. */
export function hold(
  { workers, until }: HoldOrder,
  pool: ApplicationPool,
  { standing, host }: { readonly standing: PoolStanding; readonly host: HostLimits },
): CommandVerdict {
  const rest = released(standing);
  if (workers === "auto") return { kind: "obeyed", standing: rest };
  const why = whyNot(workers, pool, host);
  if (why !== undefined) return { kind: "refused", ...why };
  const heldUntil = until === undefined ? {} : { heldUntil: until };
  return { kind: "obeyed", standing: { ...rest, heldWorkers: workers, ...heldUntil } };
}

/** The standing of a pool that goes by its demand. */
export function released(standing: PoolStanding): PoolStanding {
  const { heldWorkers: _, heldUntil: __, ...rest } = standing;
  return rest;
}

/** The pool with the floor that an operator set; never above what the configuration allows now. */
export function withFloor(
  pool: ApplicationPool,
  { heldWorkers }: Pick<PoolStanding, "heldWorkers">,
): ApplicationPool {
  if (heldWorkers === undefined) return pool;
  const { processModel } = pool;
  const { minProcesses: least, maxProcesses: most } = processModel;
  const minProcesses = Math.min(most, Math.max(least, heldWorkers));
  return { ...pool, processModel: { ...processModel, minProcesses } };
}

function inFile(key: string): string {
  return `Change ${key} in the configuration.`;
}

function whyNot(
  workers: number,
  { name, processModel, limits }: ApplicationPool,
  { maxWorkers, memoryBytes }: HostLimits,
): { readonly why: string; readonly remedy: string } | undefined {
  const { minProcesses: least, maxProcesses: most } = processModel;
  if (workers < least)
    return {
      why: `it always has ${least} workers (minProcesses)`,
      remedy: `penstock pool scale ${name} auto`,
    };
  if (workers > most)
    return {
      why: `it may have ${most} workers (maxProcesses)`,
      remedy: inFile("processModel.maxProcesses"),
    };
  if (maxWorkers > 0 && workers > maxWorkers)
    return {
      why: `the host may have ${maxWorkers} workers (host.maxWorkers)`,
      remedy: inFile("host.maxWorkers"),
    };
  if (memoryBytes > 0 && workers * (limits.memoryBytes ?? 0) > memoryBytes)
    return {
      why: `${workers} of its workers may need more memory than the host gives (host.memory)`,
      remedy: inFile("host.memory or memory.limit"),
    };
  return undefined;
}
