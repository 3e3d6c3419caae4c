// Summaries of samples. Rounds are few, so they are summed up by their median: one disturbed round moves it
// little.

/** The middle value; the mean of the two middle ones when their number is even. NaN without values. */
export function median(values: readonly number[]): number {
  const sorted = ascending(values);
  const middle = (sorted.length - 1) / 2;
  const [lower = NaN, upper = NaN] = [sorted[Math.floor(middle)], sorted[Math.ceil(middle)]];
  return (lower + upper) / 2;
}

/** The smallest value that is not below `share` of all (nearest rank). NaN without values. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = ascending(values);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;
}

/** The sum. */
export function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** `items` in the order of round `round`: each takes each place once in as many rounds as there are items. */
export function rotated<Item>(items: readonly Item[], round: number): Item[] {
  const first = items.length === 0 ? 0 : round % items.length;
  return [...items.slice(first), ...items.slice(0, first)];
}

// A typed array sorts by number: a load of seconds has 100,000 latencies.
function ascending(values: readonly number[]): Float64Array {
  return Float64Array.from(values).sort();
}
