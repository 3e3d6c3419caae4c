// A URL group: prefixes that belong together, bound to one request queue. Usually one per application
// pool; several groups may share a queue.

import type { UrlPrefix } from "./url-prefix.ts";

/** Prefixes and the queue that their requests go to. */
export interface UrlGroup {
  readonly name: string;
  readonly prefixes: readonly UrlPrefix[];
  /** The application pool whose queue it is; undefined = not bound, then its requests get 503. */
  readonly pool: string | undefined;
}

/** One prefix of a group: what a routing table leads to, so that a match tells both. */
export interface UrlRegistration {
  readonly prefix: UrlPrefix;
  readonly group: UrlGroup;
}

/** What groups register, in the form in which a routing table is built. */
export function registrationsOf(
  groups: readonly UrlGroup[],
): readonly (readonly [UrlPrefix, UrlRegistration])[] {
  return groups.flatMap((group) =>
    group.prefixes.map((prefix) => [prefix, { prefix, group }] as const),
  );
}
