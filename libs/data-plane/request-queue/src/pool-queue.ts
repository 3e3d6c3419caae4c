// One pool as a listener sees it: what the routing record says, the pool's state, and the requests that
// this listener has waiting or running there.

import type { PoolState, RoutedPool } from "@penstock/wire";
import { DrainRate } from "./drain-rate.ts";
import { ExchangeList } from "./exchange-list.ts";

/** A pool's requests at one listener. Lives as long as the pool is configured; the record is swapped. */
export class PoolQueue {
  readonly name: string;
  route: RoutedPool;
  state: PoolState = { state: "started" };
  readonly waiting = new ExchangeList();
  /** Claimed or answering, in order of their claims. */
  readonly running = new ExchangeList();
  readonly drainRate = new DrainRate();
  /** Attempts that were published so far, and those since the last one whose outcome was asked for. */
  publications = 0;
  unconfirmed = 0;
  /** When a worker last took something. Clock milliseconds. */
  claimedAt = -Infinity;
  /** When a worker was last found to be gone. Clock milliseconds. */
  workerLostAt = -Infinity;
  /** True while it is being looked at what became of published requests. */
  watched = false;
  /** True while a timer for the oldest waiting request is set. */
  waitingTimerSet = false;
  /** True while a timer for the oldest running request is set. */
  runningTimerSet = false;

  constructor(route: RoutedPool) {
    this.name = route.name;
    this.route = route;
  }
}
