// For tests that real parts take part in: those say when, not the clock.

import { setTimeout as sleep } from "node:timers/promises";

/** Between two looks, milliseconds. */
const LOOK_MS = 2;

/** Waits until something holds; throws with `what` when it does not within the limit, milliseconds. */
export type Until = (what: string, holds: () => unknown, limitMs?: number) => Promise<void>;

/** An {@link Until} with the patience that a package's tests need, milliseconds. */
export function untilWithin(patienceMs: number): Until {
  return async (what, holds, limitMs = patienceMs) => {
    const end = performance.now() + limitMs;
    while (!(await holds())) {
      if (performance.now() > end) throw new Error(`waited in vain until ${what}`);
      await sleep(LOOK_MS);
    }
  };
}
