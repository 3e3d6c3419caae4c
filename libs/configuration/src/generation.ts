// When two workers of a pool are the same kind of worker. A pool's generation names what its workers
// were started with; when it changes, running workers are out of date and are recycled.

import { createHash } from "node:crypto";
import type { ApplicationPool, ApplicationSource } from "@penstock/domain";
import type { HostConfiguration } from "./host-configuration.ts";
import { poolNotation } from "./pool-notation.ts";

/**
 * A short hash of what makes a worker process different: its program, folder, environment, references
 * to secrets, how much it takes at once, what it may use and how its container is made. Limits of the queue,
 * of scaling and of supervision are not part of it: they apply to running workers as well.
 */
export function generationOf(pool: ApplicationPool): string {
  const identity = [
    pool.name,
    programOf(pool.application),
    pool.directory,
    sorted(pool.environment),
    sorted(pool.secrets),
    pool.concurrency,
    pool.limits,
    pool.container,
  ];
  // 48 bits: unique among the few generations that one pool has alive, and short enough for a label.
  return createHash("sha256").update(JSON.stringify(identity)).digest("hex").slice(0, 12);
}

/** A short hash of the two versions of a pool that has a canary: which they are, and nothing else. */
export function versionsOf({ application, canary }: ApplicationPool): string {
  const programs = [application, ...(canary ? [canary.application] : [])].map(programOf);
  return createHash("sha256").update(JSON.stringify(programs)).digest("hex").slice(0, 12);
}

/** A short hash of a whole configuration: equal for two files that mean the same. */
export function configurationGenerationOf({ pools, ...rest }: HostConfiguration): string {
  const byName = [...pools].sort((left, right) => (left.name < right.name ? -1 : 1));
  const text = JSON.stringify([byName.map((pool) => poolNotation(pool)), rest]);
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}

function programOf(application: ApplicationSource): unknown {
  if (application.kind === "module") return application.module;
  return application.kind === "command"
    ? application.command
    : [application.image, application.port];
}

/** The order of keys in a file means nothing. */
function sorted(values: Readonly<Record<string, unknown>>): readonly [string, unknown][] {
  return Object.entries(values).sort(([left], [right]) => (left < right ? -1 : 1));
}
