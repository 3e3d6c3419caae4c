// What a client notices of changes: requests at a constant rate on a pool that is changed meanwhile, one change
// after another. See docs/bench.md.

import { setTimeout as pause } from "node:timers/promises";
import { startOpenLoad } from "../load/open-load.ts";
import type { Stage } from "../measuring/stage.ts";
import { ChangedPool } from "./changed-pool.ts";
import { requestsIn, type ChangeSample, type MeasuredSpan } from "./change-summary.ts";

/** How the changes are measured. */
export interface ChangesOptions {
  /** Of the load. */
  readonly requestsPerSecond: number;
  /** How often each change is made. */
  readonly turns: number;
  /** Undisturbed before each change, and watched on after it, seconds. */
  readonly seconds: number;
}

interface Change {
  readonly name: string;
  readonly prepare?: (pool: ChangedPool) => Promise<void>;
  readonly make: (pool: ChangedPool) => Promise<void>;
  readonly clear?: (pool: ChangedPool) => Promise<void>;
}

/** In the order in which they are made; each leaves the pool as the next expects it. */
const changes: readonly Change[] = [
  { name: "recycle", make: (pool) => pool.recycle() },
  { name: "deploy", make: (pool) => pool.deploy() },
  {
    name: "canary rollback",
    prepare: (pool) => pool.startCanary(),
    make: (pool) => pool.rollBack(),
    clear: (pool) => pool.follow(),
  },
  {
    name: "canary promote",
    prepare: (pool) => pool.startCanary(),
    make: (pool) => pool.promote(),
    clear: (pool) => pool.follow(),
  },
  { name: "scale up", make: (pool) => pool.scaleUp() },
  { name: "scale down", make: (pool) => pool.scaleDown() },
  { name: "controller killed", make: (pool) => pool.killController() },
  {
    name: "controller failover",
    prepare: (pool) => pool.startStandby(),
    make: (pool) => pool.failOver(),
    clear: (pool) => pool.endStandby(),
  },
];

/** Before the first change: everything is compiled by then, seconds. */
const WARM_UP_SECONDS = 3;

/** Measures; what it started ends with the stage. */
export async function measureChanges(
  stage: Stage,
  { requestsPerSecond, turns, seconds }: ChangesOptions,
): Promise<ChangeSample[]> {
  const pool = await ChangedPool.start(stage);
  const load = startOpenLoad(stage, pool.port, requestsPerSecond);
  await pause(WARM_UP_SECONDS * 1000);
  const spans: MeasuredSpan[] = [];
  for (let turn = 0; turn < turns; turn++)
    for (const { name, prepare, make, clear } of changes) {
      stage.tell(`changes: ${name}, turn ${turn + 1} of ${turns}`);
      await prepare?.(pool);
      const beginsAt = Date.now();
      await pause(seconds * 1000);
      const changedAt = Date.now();
      await make(pool);
      const completeAt = Date.now();
      await pause(seconds * 1000);
      spans.push({ change: name, turn, beginsAt, changedAt, completeAt, endsAt: Date.now() });
      await clear?.(pool);
    }
  const { requests, faults } = await load.end();
  for (const fault of faults) stage.tell(`changes: ${fault}`);
  return spans.map((span) => requestsIn(requests, span));
}
