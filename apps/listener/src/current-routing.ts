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
import type { PoolState, RoutingRecord } from "@penstock/wire";

/** Routes as they are now. */
export class CurrentRouting {
  #table: RoutingTable<PoolQueue>;
  readonly #pools = new Map<string, PoolQueue>();
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

  pools(): IterableIterator<PoolQueue> {
    return this.#pools.values();
  }

  /** Swaps the table. Returns the pools that came and those that went. */
  replace(record: RoutingRecord): { readonly added: PoolQueue[]; readonly removed: PoolQueue[] } {
    const added: PoolQueue[] = [];
    const registrations: (readonly [UrlPrefix, PoolQueue])[] = [];
    const named = new Set<string>();
    for (const route of record.pools) {
      named.add(route.name);
      let pool = this.#pools.get(route.name);
      if (pool) {
        pool.route = route;
      } else {
        pool = new PoolQueue(route);
        pool.state = this.#states.get(route.name) ?? pool.state;
        this.#pools.set(route.name, pool);
        added.push(pool);
      }
      for (const url of route.urls) registrations.push([prefixOf(url), pool]);
    }
    this.#table = tableOf(registrations);
    const removed = Array.from(this.#pools.values()).filter((pool) => !named.has(pool.name));
    for (const pool of removed) this.#pools.delete(pool.name);
    return { added, removed };
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
