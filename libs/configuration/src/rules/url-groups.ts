// Rules about `urlGroups`: each leads to a pool that there is, and it is plain whose prefixes are whose.

import { nearestWord } from "../notation/nearest-word.ts";
import type { Reading } from "../reading/reading.ts";
import type { WrittenUrlGroup } from "../resolve-url-groups.ts";
import { formatKeyPath, type KeyPath } from "../source/key-path.ts";

/** Reports every group that cannot stand. `pools` are the names of all pools. */
export function checkUrlGroups(
  reading: Reading,
  groups: Readonly<Record<string, WrittenUrlGroup>>,
  pools: ReadonlySet<string>,
): void {
  for (const [name, group] of Object.entries(groups)) {
    const path = ["urlGroups", name];
    if (pools.has(name)) {
      if (group.urls !== undefined)
        report(reading, [...path, "urls"], `the urls of pool "${name}" stand with the pool`);
      if (group.pool !== undefined && group.pool !== name)
        report(reading, [...path, "pool"], `this is the own group of pool "${name}"`);
      continue;
    }
    if (group.pool === undefined)
      report(reading, path, `names no pool, and no pool has the name "${name}"`);
    else if (!pools.has(group.pool)) {
      const nearest = nearestWord(group.pool, [...pools]);
      const suggestion = nearest === undefined ? "" : `, did you mean "${nearest}"?`;
      report(reading, [...path, "pool"], `there is no pool "${group.pool}"${suggestion}`);
    }
    if (group.urls === undefined) report(reading, path, "has no urls");
  }
}

function report(reading: Reading, path: KeyPath, message: string): void {
  const place = reading.places.get(path);
  if (place === undefined) return;
  reading.faults.add({ range: place.key, path, message: `${formatKeyPath(path)}: ${message}` });
}
