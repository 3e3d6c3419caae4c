// For tests: launches of one worker of the pool `shop`, changed where a test says so.

import type { WorkerLaunch } from "@penstock/activation";
import { defaultContainer } from "@penstock/testing";

/** A launch with these parts. */
export function givenLaunch(parts: Partial<WorkerLaunch> = {}): WorkerLaunch {
  return {
    id: "shop-1",
    pool: "shop",
    generation: "g1",
    application: { kind: "module", module: "/srv/shop/app.ts" },
    directory: "/srv/shop",
    environment: {},
    secrets: {},
    limits: {},
    container: defaultContainer,
    credentials: "credentials",
    concurrency: 1,
    shutdownTimeLimitMs: 90_000,
    ...parts,
  };
}
