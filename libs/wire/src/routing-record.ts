// What the controller writes into the routing bucket and listeners read: the pools with what a listener
// needs of them, as one value, so that a change swaps the whole table at once; and each pool's state
// apart, because it changes on its own.

import type { DeliveryPolicy, EdgeSettings, PoolUrlGroup, Stickiness } from "@penstock/domain";

/** A pool that gets a share of another's requests. It has no URL groups of its own. */
export interface RoutedCanary {
  readonly pool: string;
  /** Percent. */
  readonly weight: number;
  readonly sticky?: Stickiness;
}

/** What a listener needs to know of one pool. */
export interface RoutedPool {
  readonly name: string;
  readonly urlGroups: readonly PoolUrlGroup[];
  readonly queueLength: number;
  readonly queueTimeoutMs: number;
  /** 0 = none. */
  readonly requestTimeoutMs: number;
  readonly startupTimeLimitMs: number;
  readonly delivery: DeliveryPolicy;
  readonly responseHeaders: "plain" | "debug";
  /** How it refuses when it is offline, full or cannot start; absent: with an answer (HttpLevel). */
  readonly loadBalancerCapabilities?: "TcpLevel";
  readonly canary?: RoutedCanary;
}

/** The routing table as it is stored. */
export interface RoutingRecord {
  readonly version: 1;
  readonly pools: readonly RoutedPool[];
  /** What listeners do besides routing; names files, never what is in them. */
  readonly edge?: EdgeSettings;
}

/** A pool's state as listeners see it. */
export type PoolState =
  | { readonly state: "started" }
  | { readonly state: "disabled"; readonly detail: string }
  | { readonly state: "offline"; readonly detail: string };

/** Reads a routing record that the controller wrote. Throws SyntaxError on what it did not. */
export function decodeRoutingRecord(bytes: Uint8Array): RoutingRecord {
  return JSON.parse(Buffer.from(bytes).toString()) as RoutingRecord;
}

/** Reads a pool state that the controller wrote. Throws SyntaxError on what it did not. */
export function decodePoolState(bytes: Uint8Array): PoolState {
  return JSON.parse(Buffer.from(bytes).toString()) as PoolState;
}
