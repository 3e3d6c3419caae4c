// Time limits of a pool's requests. All requests of a pool have the same limit, so their order is the
// order of their deadlines: one timer per pool looks at the oldest, instead of one timer per request.

import type { Clock } from "@penstock/foundation";
import type { Exchange } from "./exchange.ts";
import type { PoolQueue } from "./pool-queue.ts";

/** Watches the oldest waiting request of a pool until none waits. */
export function armWaitingTimer(
  pool: PoolQueue,
  clock: Clock,
  expired: (exchange: Exchange) => void,
): void {
  const limit = pool.route.queueTimeoutMs;
  const oldest = pool.waiting.first;
  if (!oldest) return;
  pool.waitingTimerSet = true;
  clock.after(Math.max(0, oldest.admittedAt + limit - clock.now()), () => {
    pool.waitingTimerSet = false;
    const now = clock.now();
    for (
      let first = pool.waiting.first;
      first && now - first.admittedAt >= limit;
      first = pool.waiting.first
    )
      expired(first);
    armWaitingTimer(pool, clock, expired);
  });
}

/** Watches the oldest running request of a pool that has no answer yet, until there is none. */
export function armRunningTimer(
  pool: PoolQueue,
  clock: Clock,
  overdue: (exchange: Exchange) => void,
): void {
  const limit = pool.route.requestTimeoutMs;
  const oldest = firstUnanswered(pool);
  if (!oldest || limit === 0) return;
  pool.runningTimerSet = true;
  clock.after(Math.max(0, oldest.claimedAt + limit - clock.now()), () => {
    pool.runningTimerSet = false;
    const now = clock.now();
    for (
      let first = firstUnanswered(pool);
      first && now - first.claimedAt >= limit;
      first = firstUnanswered(pool)
    )
      overdue(first);
    armRunningTimer(pool, clock, overdue);
  });
}

function firstUnanswered(pool: PoolQueue): Exchange | undefined {
  let exchange = pool.running.first;
  while (exchange && exchange.state !== "claimed") exchange = exchange.next;
  return exchange;
}
