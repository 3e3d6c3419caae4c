// What the rules look at: the pieces of the file that state something about pools, and the pools that
// come out when they are laid over each other.

import type { PoolSettings } from "../pool-settings.ts";
import type { Place, Reading } from "../reading/reading.ts";
import type { KeyPath } from "../source/key-path.ts";

/** One piece of the file as written: `applicationPoolDefaults`, or a pool's own entry. */
export interface PoolLayer {
  readonly path: KeyPath;
  readonly written: Readonly<Record<string, unknown>>;
}

/** A pool with everything laid over each other. */
export interface CandidatePool {
  readonly name: string;
  readonly path: KeyPath;
  readonly settings: PoolSettings;
}

/** Where applicationPoolDefaults stands. */
export const defaultsPath: KeyPath = ["applicationPoolDefaults"];

/** Where a pool's setting was written: in its own entry, else in the defaults, else nowhere. */
export function locate(
  { places }: Reading,
  pool: CandidatePool,
  keys: KeyPath,
): { readonly path: KeyPath; readonly place: Place } | undefined {
  for (const path of [
    [...pool.path, ...keys],
    [...defaultsPath, ...keys],
  ]) {
    const place = places.get(path);
    if (place !== undefined) return { path, place };
  }
  return undefined;
}
