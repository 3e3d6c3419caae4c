// What a start with a configuration would do, decided by the controller's own functions on a host where nothing
// runs yet. Pure.

import {
  desiredPool,
  HostLedger,
  noMemory,
  nothingObserved,
  reconcile,
  untouched,
} from "@penstock/activation";
import {
  configurationGenerationOf,
  generationOf,
  type HostConfiguration,
} from "@penstock/configuration";
import { parseUrlPrefix, withCanary, type ApplicationPool } from "@penstock/domain";

/** A pool of the plan. */
export interface PlannedPool {
  readonly name: string;
  readonly application: ApplicationPool["application"];
  /** UrlPrefix strings of all its URL groups; a canary has its pool's and none of its own. */
  readonly urls: readonly string[];
  readonly queueLength: number;
  readonly maxProcesses: number;
  /** False where `autoStart` is: it refuses until an operator starts it. */
  readonly enabled: boolean;
  /** Workers that would be started at once, each with its reason in words. */
  readonly starts: readonly string[];
  /** Why there are fewer than the pool wants; undefined when it has all of them. */
  readonly short: string | undefined;
}

/** What a start would do. */
export interface StartPlan {
  /** Of the whole configuration. */
  readonly generation: string;
  /** Traffic ports that listeners would open, ascending. */
  readonly ports: readonly number[];
  readonly pools: readonly PlannedPool[];
}

/** Plans the start of a host on which no worker runs, and no operator has decided anything. */
export function startPlan(configuration: HostConfiguration): StartPlan {
  const pools = configuration.pools.flatMap(withCanary);
  const desired = new Map(pools.map((pool) => [pool.name, desiredAt(pool)]));
  const observed = new Map(pools.map(({ name }) => [name, nothingObserved(name)]));
  const plan = reconcile(desired, observed, noMemory, 0);
  const ledger = new HostLedger();
  const { actions } = ledger.share(configuration.host, { desired, observed, plan }, 0);
  const starts = Map.groupBy(
    actions.filter(({ kind }) => kind === "startWorker"),
    ({ pool }) => pool,
  );
  return {
    generation: configurationGenerationOf(configuration),
    ports: portsOf(pools),
    pools: pools.map((pool) => ({
      name: pool.name,
      application: pool.application,
      urls: urlsOf(pool),
      queueLength: pool.queueLength,
      maxProcesses: pool.processModel.maxProcesses,
      enabled: pool.autoStart,
      starts: (starts.get(pool.name) ?? []).map(({ reason }) => reason),
      short: ledger.short.get(pool.name)?.reason,
    })),
  };
}

function desiredAt(pool: ApplicationPool) {
  return desiredPool(pool, generationOf(pool), { standing: untouched, operatorStarts: 0 });
}

function urlsOf({ urlGroups }: ApplicationPool): string[] {
  return urlGroups.flatMap(({ urls }) => urls);
}

function portsOf(pools: readonly ApplicationPool[]): number[] {
  const ports = pools.flatMap(urlsOf).map((url) => {
    const parse = parseUrlPrefix(url);
    return parse.kind === "prefix" ? parse.prefix.port : 0;
  });
  return [...new Set(ports)].filter((port) => port > 0).toSorted((one, other) => one - other);
}
