// One pool in the words of the file, but complete: its own keys over applicationPoolDefaults over the
// defaults of the schema.

import { applicationPool } from "./schema/application-pool.ts";
import { overlay, withDefaults } from "./schema/defaults.ts";
import type { Resolved, Written } from "./schema/value.ts";

/** What a pool's entry, or applicationPoolDefaults, states. */
export type WrittenPool = Written<typeof applicationPool>;

/** A pool with everything filled in that has a default; durations in milliseconds, sizes in bytes. */
export type PoolSettings = Resolved<typeof applicationPool>;

/** Lays a pool over the defaults of the file and both over the defaults of the schema. */
export function poolSettings(defaults: WrittenPool, own: WrittenPool): PoolSettings {
  // The walk follows the schema that the types are derived from.
  return withDefaults(applicationPool, overlay(applicationPool, defaults, own)) as PoolSettings;
}
