// A URL group as a listener serves it: what its record says, and what counts against its limits.

import type { PoolUrlGroup } from "@penstock/domain";
import type { PoolQueue } from "@penstock/request-queue";

/** What a routing table leads to. Lives as long as the group is configured; the record is swapped. */
export class ServedUrlGroup {
  readonly name: string;
  readonly pool: PoolQueue;
  settings: PoolUrlGroup;
  /** Client connections whose last request was for it. */
  connections = 0;

  constructor(pool: PoolQueue, settings: PoolUrlGroup) {
    this.name = settings.name;
    this.pool = pool;
    this.settings = settings;
  }
}
