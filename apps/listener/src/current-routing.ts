// The one mutable cell of routing: an immutable table that is swapped as a whole, and the pools that it
// leads to. A pool's queue object outlives the swap, with the requests that wait in it, and so do URL groups.

import {
  buildRoutingTable,
  httpSysPathLimits,
  parseUrlPrefix,
  type PathLimits,
  type PoolUrlGroup,
  type RoutedPort,
  type RoutingTable,
  type UrlPrefix,
} from "@penstock/domain";
import { ServedUrlGroup, VersionSplit } from "@penstock/http";
import { PoolQueue } from "@penstock/request-queue";
import type { PoolState, RoutedPool, RoutingRecord } from "@penstock/wire";

/** Routes as they are now. */
export class CurrentRouting {
  #table: RoutingTable<ServedUrlGroup>;
  #pools: ReadonlyMap<string, PoolQueue> = new Map();
  #groups: ReadonlyMap<string, ServedUrlGroup> = new Map();
  /** Pools that the table does not name any more, while they still have requests. */
  #leaving: ReadonlyMap<string, PoolQueue> = new Map();
  /** States of pools that the table may only name later. */
  readonly #states = new Map<string, PoolState>();

  readonly #limits: PathLimits;

  constructor(limits: PathLimits = httpSysPathLimits) {
    this.#limits = limits;
    this.#table = tableOf([], limits);
  }

  get table(): RoutingTable<ServedUrlGroup> {
    return this.#table;
  }

  get ports(): readonly RoutedPort[] {
    return this.#table.ports;
  }

  /** A pool that the table names, or one that is leaving. */
  pool(name: string): PoolQueue | undefined {
    return this.#pools.get(name) ?? this.#leaving.get(name);
  }

  /** The pools of the table, and those that are leaving. */
  *pools(): Generator<PoolQueue> {
    yield* this.#pools.values();
    yield* this.#leaving.values();
  }

  /**
   * Swaps the table. Returns the pools that came and those that went: what waits there goes on to wait for
   * their workers, until their state says otherwise.
   */
  replace(record: RoutingRecord): { readonly added: PoolQueue[]; readonly removed: PoolQueue[] } {
    const next = new Map<string, PoolQueue>();
    const nextGroups = new Map<string, ServedUrlGroup>();
    const registrations: (readonly [UrlPrefix, ServedUrlGroup])[] = [];
    for (const route of record.pools) {
      const pool = this.pool(route.name) ?? this.#newPool(route);
      next.set(route.name, pool);
      for (const settings of route.urlGroups) {
        const group = this.#group(pool, settings);
        nextGroups.set(settings.name, group);
        for (const url of settings.urls) registrations.push([prefixOf(url), group]);
      }
    }
    const splits = splitsOf(record.pools, next);
    // From here on nothing can fail: a table that is not valid has changed nothing.
    this.#table = tableOf(registrations, this.#limits);
    for (const { name, urlGroups } of record.pools)
      for (const settings of urlGroups) {
        const group = nextGroups.get(settings.name)!;
        group.settings = settings;
        group.split = splits.get(name);
      }
    this.#groups = nextGroups;
    for (const route of record.pools) next.get(route.name)!.route = route;
    const added = Array.from(next.values()).filter(({ name }) => !this.#pools.has(name));
    const removed = Array.from(this.#pools.values()).filter(({ name }) => !next.has(name));
    const leaving = [...this.#leaving.values(), ...removed].filter(({ name }) => !next.has(name));
    this.#pools = next;
    this.#keepBusy(leaving);
    return { added, removed };
  }

  /** The group that was there under this name; another pool's is another group. */
  #group(pool: PoolQueue, settings: PoolUrlGroup): ServedUrlGroup {
    const known = this.#groups.get(settings.name);
    return known?.pool === pool ? known : new ServedUrlGroup(pool, settings);
  }

  #newPool(route: RoutedPool): PoolQueue {
    const pool = new PoolQueue(route);
    pool.state = this.#states.get(route.name) ?? pool.state;
    return pool;
  }

  /** Notes a pool's state. Returns the pool when the table knows it. */
  setState(name: string, state: PoolState): PoolQueue | undefined {
    this.#states.set(name, state);
    const pool = this.pool(name);
    if (pool) pool.state = state;
    this.#keepBusy(this.#leaving.values());
    return pool;
  }

  #keepBusy(leaving: Iterable<PoolQueue>): void {
    const busy = Array.from(leaving).filter(
      ({ waiting, running }) => waiting.size + running.size > 0,
    );
    this.#leaving = new Map(busy.map((pool) => [pool.name, pool]));
  }
}

/** The pools that have a canary, by name, and how their requests are divided. */
function splitsOf(
  routes: readonly RoutedPool[],
  pools: ReadonlyMap<string, PoolQueue>,
): ReadonlyMap<string, VersionSplit> {
  const splits = new Map<string, VersionSplit>();
  for (const { name, canary } of routes) {
    if (!canary) continue;
    const [stable, other] = [pools.get(name), pools.get(canary.pool)];
    if (!stable || !other)
      throw new Error(`the routing table names a canary "${canary.pool}", which is no pool`);
    splits.set(name, new VersionSplit(stable, other, canary));
  }
  return splits;
}

function prefixOf(url: string): UrlPrefix {
  const parsed = parseUrlPrefix(url);
  if (parsed.kind !== "prefix")
    throw new Error(`the routing table names "${url}", which is no UrlPrefix`);
  return parsed.prefix;
}

function tableOf(
  registrations: readonly (readonly [UrlPrefix, ServedUrlGroup])[],
  limits: PathLimits,
): RoutingTable<ServedUrlGroup> {
  const build = buildRoutingTable(registrations, limits);
  if (build.kind === "conflicts") throw new Error("the routing table has prefixes that conflict");
  return build.table;
}
