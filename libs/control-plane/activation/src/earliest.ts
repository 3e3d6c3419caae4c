// Decisions answer with the moment at which they would be taken differently. A pool is looked at again at
// the earliest of them.

/** The earliest of moments, any of which may never come; undefined when none does. */
export function earliest(...moments: readonly (number | undefined)[]): number | undefined {
  let first: number | undefined;
  for (const moment of moments)
    if (moment !== undefined && (first === undefined || moment < first)) first = moment;
  return first;
}

/** The later of two moments before which nothing may happen; undefined when neither stands in the way. */
export function latest(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined) return other;
  return other === undefined ? one : Math.max(one, other);
}
