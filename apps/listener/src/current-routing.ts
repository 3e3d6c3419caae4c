// The one mutable cell of routing: an immutable table that is swapped as a whole, and the pools that it
// leads to. A pool's queue object outlives the swap, with the requests that wait in it.

import {
  buildRoutingTable,
  parseUrlPrefix,
  type RoutedPort,
  type RoutingTable,
  type UrlPrefix,
} from "@penstock/domain";
import { PoolQueue } from "@penstock/request-queue";
import type { PoolState, RoutedPool, RoutingRecord } from "@penstock/wire";

/** Routes as they are now. */
export class CurrentRouting {
  #table: RoutingTable<PoolQueue>;
  #pools: ReadonlyMap<string, PoolQueue> = new Map();
  /** States of pools that the table may only name later. */
  readonly #states = new Map<string, PoolState>();

  constructor() {
    this.#table = tableOf([]);
  }

  get table(): RoutingTable<PoolQueue> {
    return this.#table;
  }

  get ports(): readonly RoutedPort[] {
    return this.#table.ports;
  }

  pool(name: string): PoolQueue | undefined {
    return this.#pools.get(name);
  }

  pools(): Iterable<PoolQueue> {
    return this.#pools.values();
  }

  /** Swaps the table. Returns the pools that came and those that went. */
  replace(record: RoutingRecord): { readonly added: PoolQueue[]; readonly removed: PoolQueue[] } {
    const next = new Map<string, PoolQueue>();
    const registrations: (readonly [UrlPrefix, PoolQueue])[] = [];
    for (const route of record.pools) {
      const pool = this.#pools.get(route.name) ?? this.#newPool(route);
      next.set(route.name, pool);
      for (const url of route.urls) registrations.push([prefixOf(url), pool]);
    }
    // From here on nothing can fail: a table that is not valid has changed nothing.
    this.#table = tableOf(registrations);
    for (const route of record.pools) next.get(route.name)!.route = route;
    const added = Array.from(next.values()).filter(({ name }) => !this.#pools.has(name));
    const removed = Array.from(this.#pools.values()).filter(({ name }) => !next.has(name));
    this.#pools = next;
    return { added, removed };
  }

  #newPool(route: RoutedPool): PoolQueue {
    const pool = new PoolQueue(route);
    pool.state = this.#states.get(route.name) ?? pool.state;
    return pool;
  }

  /** Notes a pool's state. Returns the pool when the table knows it. */
  setState(name: string, state: PoolState): PoolQueue | undefined {
    this.#states.set(name, state);
    const pool = this.#pools.get(name);
    if (pool) pool.state = state;
    return pool;
  }
}

function prefixOf(url: string): UrlPrefix {
  const parsed = parseUrlPrefix(url);
  if (parsed.kind !== "prefix")
    throw new Error(`the routing table names "${url}", which is no UrlPrefix`);
  return parsed.prefix;
}

function tableOf(
  registrations: readonly (readonly [UrlPrefix, PoolQueue])[],
): RoutingTable<PoolQueue> {
  const build = buildRoutingTable(registrations);
  if (build.kind === "conflicts") throw new Error("the routing table has prefixes that conflict");
  return build.table;
}
