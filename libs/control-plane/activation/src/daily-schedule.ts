// Local times of day (`HH:MM`) as moments, by the zone of this process (TZ). The platform's calendar says what a
// change of the clocks does: a time that is skipped comes an hour later by the clock, one that comes twice counts
// the first time.

/** The moments of a schedule around a moment. */
export interface ScheduledMoments {
  /** The last one that came. */
  readonly last: number;
  /** The next one that comes. */
  readonly next: number;
}

/**
 * The moments of a list of `HH:MM` around `now`; undefined for an empty list. `wallNow` is the time of day,
 * milliseconds since the Unix epoch; the answer stands on the time base of `now`, which does not jump.
 */
export function scheduledMoments(
  times: readonly string[],
  now: number,
  wallNow: number,
): ScheduledMoments | undefined {
  if (times.length === 0) return undefined;
  const today = new Date(wallNow);
  let last = -Infinity;
  let next = Infinity;
  for (const time of times) {
    const [hours = 0, minutes = 0] = time.split(":").map(Number);
    for (const days of [-1, 0, 1]) {
      const moment = new Date(
        today.getFullYear(),
        today.getMonth(),
        today.getDate() + days,
        hours,
        minutes,
      ).getTime();
      if (moment <= wallNow) last = Math.max(last, moment);
      else next = Math.min(next, moment);
    }
  }
  return { last: now - (wallNow - last), next: now + (next - wallNow) };
}
