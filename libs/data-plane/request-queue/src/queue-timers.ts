// Time limits of a pool's requests. All requests of a pool have the same limit, so their order is the
// order of their deadlines: one timer per pool looks at the oldest, instead of one timer per request.

import type { Clock } from "@penstock/foundation";
import type { Exchange } from "./exchange.ts";
import { LIMIT_LOOK_MS } from "./limits.ts";
import type { PoolQueue } from "./pool-queue.ts";

/** Watches the oldest waiting request of a pool until none waits. Without effect while it is watched. */
export function armWaitingTimer(
  pool: PoolQueue,
  clock: Clock,
  expired: (exchange: Exchange) => void,
): void {
  if (pool.waitingTimerSet) return;
  const oldest = pool.waiting.first;
  if (!oldest) return;
  pool.waitingTimerSet = true;
  clock.after(untilLook(oldest.admittedAt + pool.route.queueTimeoutMs - clock.now()), () => {
    pool.waitingTimerSet = false;
    const now = clock.now();
    const limit = pool.route.queueTimeoutMs;
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
  if (pool.runningTimerSet || pool.route.requestTimeoutMs === 0) return;
  const oldest = firstUnanswered(pool);
  if (!oldest) return;
  pool.runningTimerSet = true;
  clock.after(untilLook(oldest.claimedAt + pool.route.requestTimeoutMs - clock.now()), () => {
    pool.runningTimerSet = false;
    const now = clock.now();
    const limit = pool.route.requestTimeoutMs;
    for (
      let first = limit > 0 ? firstUnanswered(pool) : undefined;
      first && now - first.claimedAt >= limit;
      first = firstUnanswered(pool)
    )
      overdue(first);
    armRunningTimer(pool, clock, overdue);
  });
}

/** Never long: a limit that was lowered meanwhile holds for what waits and runs already. */
const untilLook = (dueInMs: number): number => Math.min(LIMIT_LOOK_MS, Math.max(0, dueInMs));

function firstUnanswered(pool: PoolQueue): Exchange | undefined {
  let exchange = pool.running.first;
  while (exchange && exchange.state !== "claimed") exchange = exchange.next;
  return exchange;
}
