// A second version of a pool's application that gets a share of its requests. It is an application pool of its
// own: its own queue, account, workers and figures, with everything else as its pool has it; and it shares its
// pool's URL groups, so it has none itself. Which of the two gets a request is the listener's choice.

import type { ApplicationPool, ApplicationSource } from "./application-pool.ts";

/** By what a client is known again, so that it stays with a version. Exactly one. */
export type Stickiness = { readonly header: string } | { readonly cookie: string };

/** The second version of a pool. */
export interface Canary {
  /** Of the same kind as the pool's. */
  readonly application: ApplicationSource;
  /** Its share of the pool's requests, percent. */
  readonly weight: number;
  /** Absent: each request is drawn for itself. */
  readonly sticky?: Stickiness;
}

/** No pool of a configuration can have it: `~` is not allowed in a name. */
const SUFFIX = "~canary";

/** The name of a pool's canary: of its queue, its account, and in every label. */
export function canaryName(pool: string): string {
  return `${pool}${SUFFIX}`;
}

/** The pool that a canary's name belongs to; undefined when it is none. */
export function poolOfCanary(name: string): string | undefined {
  return name.endsWith(SUFFIX) ? name.slice(0, -SUFFIX.length) : undefined;
}

/** The pool with its canary beside it as a pool of its own, where it has one. */
export function withCanary(pool: ApplicationPool): readonly ApplicationPool[] {
  const { canary, ...rest } = pool;
  if (canary === undefined) return [pool];
  const { application } = canary;
  return [pool, { ...rest, name: canaryName(pool.name), urls: [], urlGroups: [], application }];
}
