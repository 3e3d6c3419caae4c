// A URL group as a listener serves it: what its record says, and what counts against its limits.

import type { PoolUrlGroup } from "@penstock/domain";
import type { PoolQueue } from "@penstock/request-queue";
import type { PacedAnswers } from "./paced-answers.ts";
import type { VersionSplit } from "./version-split.ts";

/** What a routing table leads to. Lives as long as the group is configured; the record is swapped. */
export class ServedUrlGroup {
  readonly name: string;
  readonly pool: PoolQueue;
  settings: PoolUrlGroup;
  /** While the pool has a canary. */
  split: VersionSplit | undefined = undefined;
  /** Client connections whose last request was for it. */
  connections = 0;
  /** Its answers that wait for bandwidth; undefined while that was never limited. */
  paced: PacedAnswers | undefined = undefined;

  constructor(pool: PoolQueue, settings: PoolUrlGroup) {
    this.name = settings.name;
    this.pool = pool;
    this.settings = settings;
  }
}
