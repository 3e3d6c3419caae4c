// What all workers of the host together may take.

import { count, record, size } from "./build.ts";

/** The key `host`. */
export const hostLimits = record(
  "What the workers of all pools together may take of this host. When it is full, pools share it fairly.",
  {
    maxWorkers: count(
      "Worker processes of all pools, those that start and those that leave among them; 0 = no limit but the pools' own (IIS: `demandStartThreshold`).",
      { default: 0, minimum: 0, maximum: 100_000 },
    ),
    memory: size(
      "Memory of all workers. A worker counts with its pool's `memory.limit`, else with what it was measured to hold; `0B` = no limit.",
      { default: "0B" },
    ),
  },
);
