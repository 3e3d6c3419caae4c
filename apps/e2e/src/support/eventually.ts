// Waits for something that comes to be by itself, and says what it looked like when it did not.

import { setTimeout as delay } from "node:timers/promises";

/** Between two looks, milliseconds. */
const POLL_MS = 20;

/** Looks until `found` is true of what `look` returns, and returns that. Rejects with what was seen last. */
export async function eventually<Seen>(
  what: string,
  look: () => Seen | Promise<Seen>,
  { found, withinMs = 10_000 }: { found: (seen: Seen) => boolean; withinMs?: number },
): Promise<Seen> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const seen = await look();
    if (found(seen)) return seen;
    if (performance.now() > deadline)
      throw new Error(`not within ${withinMs} ms: ${what}. Last seen: ${JSON.stringify(seen)}`);
    await delay(POLL_MS);
  }
}
