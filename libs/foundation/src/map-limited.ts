// Many things at once, but not all: what answers them takes so many at a time and keeps the others waiting.

/**
 * Runs `run` for each value, at most `limit` at a time, and gives the results in the order of the values. When one
 * rejects no more are begun; those under way are waited for, then the first rejection is passed on.
 */
export async function mapLimited<Value, Result>(
  values: Iterable<Value>,
  limit: number,
  run: (value: Value) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const failures: unknown[] = [];
  const left = values[Symbol.iterator]();
  let begun = 0;
  const goOn = async (): Promise<void> => {
    while (failures.length === 0) {
      const { done, value } = left.next();
      if (done) return;
      const index = begun++;
      try {
        results[index] = await run(value);
      } catch (thrown) {
        failures.push(thrown);
      }
    }
  };
  await Promise.all(Array.from({ length: limit }, goOn));
  if (failures.length > 0) throw failures[0];
  return results;
}
