// The configuration in force: what WAS reads out of applicationHost.config. A value that nobody changes;
// a reload builds a new one and swaps it in whole.

import type { ApplicationPool, EdgeSettings, HostLimits } from "@penstock/domain";

/** A valid configuration with every default filled in. Frozen through and through. */
export interface HostConfiguration {
  /** Names are unique. */
  readonly pools: readonly ApplicationPool[];
  /** What listeners do besides routing. */
  readonly edge: EdgeSettings;
  /** What all workers together may take. */
  readonly host: HostLimits;
}

/** Freezes a value and everything in it. */
export function deepFreeze<Value>(value: Value): Value {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}
