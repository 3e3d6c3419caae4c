// A pool with where its schedule stands now.

import { scheduledMoments, type DesiredPool } from "@penstock/activation";

/** `now`: on the decisions' time base; `wallNow`: the time of day. Both milliseconds since the Unix epoch. */
export function scheduledPool(
  desired: DesiredPool,
  { now, wallNow }: { readonly now: number; readonly wallNow: number },
): DesiredPool {
  const { schedule } = desired.pool.recycling.periodicRestart;
  const scheduled = scheduledMoments(schedule, now, wallNow);
  return scheduled ? { ...desired, scheduled } : desired;
}
