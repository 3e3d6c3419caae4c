// The routing bucket, as the controller writes it: the whole table under one key, so that listeners swap
// it at once, and each pool's state under its own.

import { canaryName, type ApplicationPool, type Canary, type EdgeSettings } from "@penstock/domain";
import type { NatsLink } from "@penstock/nats-connection";
import {
  encodeJson,
  poolStateKey,
  ROUTING_BUCKET,
  ROUTING_KEY,
  type PoolState,
  type RoutedCanary,
  type RoutedPool,
  type RoutingRecord,
} from "@penstock/wire";
import type { KV } from "@nats-io/kv";
import { openBucket } from "./bucket.ts";

/** Writes what listeners route by. */
export class RoutingStore {
  readonly #bucket: KV;

  private constructor(bucket: KV) {
    this.#bucket = bucket;
  }

  static async open(link: NatsLink): Promise<RoutingStore> {
    return new RoutingStore(await openBucket(link, ROUTING_BUCKET));
  }

  /** Replaces the routing table. */
  async publishTable(pools: readonly ApplicationPool[], edge?: EdgeSettings): Promise<void> {
    const record: RoutingRecord = { version: 1, pools: pools.map(routed), ...(edge && { edge }) };
    await this.#bucket.put(ROUTING_KEY, encodeJson(record));
  }

  /** Replaces one pool's state. */
  async publishState(pool: string, state: PoolState): Promise<void> {
    await this.#bucket.put(poolStateKey(pool), encodeJson(state));
  }

  /** Forgets a pool's state. */
  async forget(pool: string): Promise<void> {
    await this.#bucket.purge(poolStateKey(pool));
  }
}

function routedCanary(pool: string, { weight, sticky }: Canary): RoutedCanary {
  return { pool: canaryName(pool), weight, ...(sticky && { sticky }) };
}

function routed(pool: ApplicationPool): RoutedPool {
  return {
    name: pool.name,
    urlGroups: pool.urlGroups,
    queueLength: pool.queueLength,
    queueTimeoutMs: pool.queueTimeoutMs,
    requestTimeoutMs: pool.requestTimeoutMs,
    startupTimeLimitMs: pool.processModel.startupTimeLimitMs,
    delivery: pool.delivery,
    responseHeaders: pool.responseHeaders,
    ...(pool.failure.loadBalancerCapabilities === "TcpLevel" && {
      loadBalancerCapabilities: "TcpLevel",
    }),
    ...(pool.canary && { canary: routedCanary(pool.name, pool.canary) }),
  };
}
