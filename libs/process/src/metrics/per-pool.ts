// Series bound to each configured pool. The hot path finds them with one map access; a scrape finds them
// at 0 as soon as the pool is configured, and no longer finds them when the pool is gone.

/** The series of each configured pool. Made by {@link Metrics.perPool}. */
export class PerPool<PoolSeries> {
  readonly #make: (pool: string) => PoolSeries;
  readonly #forget: (pool: string) => void;
  readonly #pools = new Map<string, PoolSeries>();

  constructor(make: (pool: string) => PoolSeries, forget: (pool: string) => void) {
    this.#make = make;
    this.#forget = forget;
  }

  /** The series of this pool; made on the way for a pool that was not configured yet. */
  of(pool: string): PoolSeries {
    const known = this.#pools.get(pool);
    if (known !== undefined) return known;
    const made = this.#make(pool);
    this.#pools.set(pool, made);
    return made;
  }

  /** Makes the series of these pools and drops those of all others. Call it at start and at each reload. */
  configure(pools: readonly string[]): void {
    for (const pool of this.#pools.keys()) {
      if (pools.includes(pool)) continue;
      this.#pools.delete(pool);
      this.#forget(pool);
    }
    for (const pool of pools) this.of(pool);
  }
}
