// How many workers demand wanted over the last while, so that a pool shrinks only after demand has fitted
// fewer for a stable window. Demand is a level, not an event: between two recordings the earlier value
// holds. Buckets make the memory constant whatever the traffic, at the price of up to one bucket more
// than the window.

/** How long demand must have fitted fewer workers. Knative takes 60 s; a process starts sooner than its pods. */
export const stableWindowMs = 30_000;

const bucketMs = 5_000;

/** The full buckets of the window and the one that is being filled. */
const bucketsMax = stableWindowMs / bucketMs + 1;

/** The wanted workers of the window. A plain value. */
export interface DemandHistory {
  /** The level since the last recording. */
  readonly current: number;
  /** Number of the newest bucket: time divided by the bucket's length. */
  readonly bucket: number;
  /** The highest level in each bucket, newest last. Never empty. */
  readonly peaks: readonly number[];
}

/** The history with one more recording. The level before it held until `now`. */
export function recordDemand(
  history: DemandHistory | undefined,
  wanted: number,
  now: number,
): DemandHistory {
  const bucket = Math.floor(now / bucketMs);
  if (!history) return { current: wanted, bucket, peaks: [wanted] };
  // A clock that went back must not bring back the past.
  const passed = Math.max(0, bucket - history.bucket);
  const held = Array.from({ length: Math.min(passed, bucketsMax) }, () => history.current);
  const peaks = [...history.peaks, ...held].slice(-bucketsMax);
  const newest = peaks.pop() ?? wanted;
  return {
    current: wanted,
    bucket: history.bucket + passed,
    peaks: [...peaks, Math.max(newest, wanted)],
  };
}

/** The most workers that were wanted at any moment of the window. */
export function peakDemand(history: DemandHistory): number {
  return Math.max(...history.peaks);
}

/** When the peak leaves the window if demand stays as it is; undefined when it will not, being the present. */
export function peakEndsAt(history: DemandHistory): number | undefined {
  const peak = peakDemand(history);
  if (history.current >= peak) return undefined;
  const age = history.peaks.length - 1 - history.peaks.lastIndexOf(peak);
  return (history.bucket - age + bucketsMax) * bucketMs;
}
