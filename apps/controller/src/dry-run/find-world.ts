// What a controller that starts now would find: the configuration, what was decided before, queues, workers, and what
// these say about themselves. Looked at and nothing else: nothing is written, sent or made.

import type { ObservedPool } from "@penstock/activation";
import { generationOf, versionsOf } from "@penstock/configuration";
import { assert, systemClock } from "@penstock/foundation";
import {
  LeaseStore,
  PoolSignals,
  QueueAdministration,
  StandingStore,
} from "@penstock/nats-administration";
import type { NatsLink } from "@penstock/nats-connection";
import { WORKER_REPORT_MS } from "@penstock/domain";
import type { ConfigurationFile } from "../configuration/configuration-file.ts";
import { readHolder } from "../leadership/lease.ts";
import { ObservedPools } from "../observed-pools.ts";
import { ObservedWorkerProcess } from "../observed-worker-process.ts";
import { PoolStandings } from "../pool-standings.ts";
import { scheduledPool } from "../scheduled-pool.ts";
import type { ControllerSettings } from "../settings.ts";
import { findWorkers } from "../start-runtime.ts";
import { hearWorkers } from "./hear-workers.ts";
import type { FoundWorld } from "./takeover-plan.ts";

/** Every worker that can has spoken by then, milliseconds. */
const HEAR_MS = WORKER_REPORT_MS + 1000;

/** What it takes. */
export interface FindWorld {
  readonly settings: ControllerSettings;
  readonly file: ConfigurationFile;
  readonly link: NatsLink;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
}

/** Looks. Takes up to {@link HEAR_MS}, where workers are silent. */
export async function findWorld({ settings, file, link, now }: FindWorld): Promise<FoundWorld> {
  const { configuration, generation } = await file.load();
  const queues = await QueueAdministration.open(link);
  const queued = await queues.pools();
  const pools = new ObservedPools();
  const store = await StandingStore.find(link);
  const standings = await PoolStandings.load({
    store: { load: async (pool) => store?.load(pool), save: changesNothing },
    routing: { publishState: changesNothing },
    pools,
    configured: configuration.pools,
    queued,
    generationOf,
    versionsOf,
  });
  for (const found of await findWorkers(settings)) {
    const worker = new ObservedWorkerProcess(found);
    worker.phaseSince = now();
    const orphan = standings.orphanOf(found.pool);
    if (orphan?.worker === found.id) worker.leaveAsOrphan(orphan);
    pools.of(found.pool).workers.set(found.id, worker);
  }
  await hearWorkers({ signals: new PoolSignals(link), pools, clock: systemClock, now }, HEAR_MS);
  const time = { now: now(), wallNow: Date.now() };
  const desired = new Map(
    Array.from(standings.desired, ([name, pool]) => [name, scheduledPool(pool, time)]),
  );
  const observed = new Map<string, ObservedPool>();
  for (const name of desired.keys()) pools.of(name);
  for (const sight of pools.all()) {
    const waiting = (await queues.depth(sight.name))?.messages ?? 0;
    const running = sight.inService.reduce((sum, worker) => sum + worker.running, 0);
    const arrivedWithoutWorker = waiting > 0 && !sight.ready;
    observed.set(sight.name, {
      ...sight.takeView(),
      load: { waiting, running },
      arrivedWithoutWorker,
    });
  }
  const leader = readHolder((await (await LeaseStore.find(link))?.read())?.text)?.admin;
  return { generation, desired, observed, queued, host: configuration.host, leader };
}

function changesNothing(): never {
  assert(false, "a dry run changes nothing");
}
