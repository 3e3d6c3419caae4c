// Chance that repeats: a trace is the same in every run, so that policies meet the same requests.

/** A source of numbers in (0, 1). */
export type Random = () => number;

/** A 32-bit congruential generator (Knuth's multiplier): good enough for arrivals, and the same everywhere. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
}

/** Exponentially distributed with this mean: the gaps of arrivals that do not know each other. */
export function exponential(random: Random, mean: number): number {
  return -Math.log(random()) * mean;
}

/** Pareto distributed: most are short, a few are very long. `shape` above 1 has a mean; `max` cuts the tail. */
export function pareto(
  random: Random,
  { min, shape, max }: { min: number; shape: number; max: number },
): number {
  return Math.min(max, min / random() ** (1 / shape));
}
