// When two workers of a pool are the same kind of worker. A pool's generation names what its workers
// were started with; when it changes, running workers are out of date and are recycled.

import { createHash } from "node:crypto";
import type { ApplicationPool } from "@penstock/domain";

/**
 * A short hash of what makes a worker process different: its program, folder, environment, references
 * to secrets, and how much it takes at once. Limits of the queue, of scaling and of supervision are not
 * part of it: they apply to running workers as well.
 */
export function generationOf(pool: ApplicationPool): string {
  const identity = [
    pool.name,
    pool.application.kind === "module" ? pool.application.module : pool.application.command,
    pool.directory,
    sorted(pool.environment),
    sorted(pool.secrets),
    pool.concurrency,
  ];
  // 48 bits: unique among the few generations that one pool has alive, and short enough for a label.
  return createHash("sha256").update(JSON.stringify(identity)).digest("hex").slice(0, 12);
}

/** The order of keys in a file means nothing. */
function sorted(values: Readonly<Record<string, unknown>>): readonly [string, unknown][] {
  return Object.entries(values).sort(([left], [right]) => (left < right ? -1 : 1));
}
