// Rules: the variables that Penstock itself gives to workers cannot be set, and no variable is both
// public and secret.

import type { Reading } from "../reading/reading.ts";
import { formatKeyPath } from "../source/key-path.ts";
import { locate, type CandidatePool, type PoolLayer } from "./pool-layer.ts";

const own = /^(?:PORT|PENSTOCK_.*)$/;

/** Reports variables that Penstock sets for each worker. */
export function checkOwnVariables(reading: Reading, { path, written }: PoolLayer): void {
  for (const key of ["environment", "secrets"]) {
    for (const name of Object.keys(written[key] ?? {})) {
      const place = reading.places.get([...path, key, name]);
      if (!own.test(name) || place === undefined) continue;
      reading.faults.add({
        range: place.key,
        path: [...path, key, name],
        message: `${formatKeyPath([...path, key])}: ${name} is set by Penstock for each worker`,
      });
    }
  }
}

/** Reports variables that stand under `environment` and under `secrets`. */
export function checkSecretNames(reading: Reading, pool: CandidatePool): void {
  for (const name of Object.keys(pool.settings.secrets)) {
    if (!Object.hasOwn(pool.settings.environment, name)) continue;
    const secret = locate(reading, pool, ["secrets", name]);
    const plain = locate(reading, pool, ["environment", name]);
    if (secret === undefined || plain === undefined) continue;
    const { line, column } = reading.source.position(plain.place.key.start);
    reading.faults.add({
      range: secret.place.key,
      path: secret.path,
      message: `${formatKeyPath(secret.path)}: ${name} also stands under environment, at ${reading.source.file}:${line}:${column}`,
    });
  }
}
