// Two prefixes that cannot stand in one table. The same path for `+` and for a host is no conflict: they
// are of different categories, and the search order settles it.

import type { UrlPrefix } from "./url-prefix.ts";

/** A prefix that was refused, and the earlier one that stands against it. */
export interface PrefixConflict {
  /** `scheme_conflict`: the port already speaks the other scheme. */
  readonly kind: "already_exists" | "scheme_conflict";
  /** Places of the two in the list that was given. */
  readonly index: number;
  readonly existingIndex: number;
  /** What is wrong; what to write instead. */
  readonly message: string;
}

/** All conflicts in a list of prefixes. The earlier of two keeps its place. */
export function findConflicts(prefixes: readonly UrlPrefix[]): readonly PrefixConflict[] {
  const conflicts: PrefixConflict[] = [];
  const places = new Map<string, number>();
  const ports = new Map<number, { readonly scheme: string; readonly index: number }>();
  for (const [index, prefix] of prefixes.entries()) {
    const { scheme, port, fullPrefix } = prefix;
    const owner = ports.get(port);
    const place = places.get(fullPrefix);
    if (owner !== undefined && owner.scheme !== scheme) {
      const message = `port ${port} already speaks ${owner.scheme}; give ${fullPrefix} another port`;
      conflicts.push({ kind: "scheme_conflict", index, existingIndex: owner.index, message });
    } else if (place !== undefined) {
      const message = `${fullPrefix} is registered twice; remove one or change its host, port or path`;
      conflicts.push({ kind: "already_exists", index, existingIndex: place, message });
    }
    if (owner === undefined) ports.set(port, { scheme, index });
    if (place === undefined) places.set(fullPrefix, index);
  }
  return conflicts;
}
