// Rule: what the host may give is enough for one worker of each pool.

import { formatSize } from "../notation/size.ts";
import type { Reading } from "../reading/reading.ts";
import { formatKeyPath } from "../source/key-path.ts";
import { locate, type CandidatePool } from "./pool-layer.ts";

const limit = ["memory", "limit"];

/** Reports a pool whose worker may need more memory than `host.memory` has; `memoryBytes` 0 = no limit. */
export function checkHostMemory(reading: Reading, pool: CandidatePool, memoryBytes: number): void {
  const needed = pool.settings.memory.limit ?? 0;
  const located = locate(reading, pool, limit);
  if (memoryBytes === 0 || needed <= memoryBytes || located === undefined) return;
  reading.faults.add({
    range: located.place.value,
    path: located.path,
    message: `${formatKeyPath(located.path)}: one worker may need ${formatSize(needed)}, host.memory is ${formatSize(memoryBytes)}: none would ever start`,
  });
}
