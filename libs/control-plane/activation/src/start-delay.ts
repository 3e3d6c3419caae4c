// How long a pool waits before it starts the next worker after failures, so that an application that dies
// at once does not burn the processor. The first replacement costs nobody anything; from then on the wait
// doubles. It is counted from the last failure, and failures older than the interval of rapid-fail
// protection are forgotten, as they are there.
//
//   failures in the interval   wait after the last one
//   ------------------------   -----------------------
//   0, 1                       none
//   2                          250 ms
//   3                          500 ms
//   4, 5, 6, …                 1 s, 2 s, 4 s, …
//   9 and more                 30 s

const firstWaitMs = 250;

/** A pool that fails for hours is tried twice a minute: seldom enough to be cheap, often enough to recover. */
const longestWaitMs = 30_000;

/** As many failures as make the longest wait. */
export const failuresToLongestWait = 9;

/** How long to wait after the last of `failures` failures. */
export function startDelayMs(failures: number): number {
  return failures < 2 ? 0 : Math.min(longestWaitMs, firstWaitMs * 2 ** (failures - 2));
}

/** The moment before which nothing is started; undefined when nothing stands in the way. */
export function startsHeldUntil(
  failures: readonly number[],
  intervalMs: number,
  now: number,
): number | undefined {
  const recent = failures.filter((at) => at > now - intervalMs);
  const last = recent.at(-1);
  if (last === undefined) return undefined;
  const until = last + startDelayMs(recent.length);
  return until > now ? until : undefined;
}
