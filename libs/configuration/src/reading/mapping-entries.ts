// The keys and values of a YAML mapping, with `<<` merged in as YAML 1.1 and Compose do: own keys win,
// among merged mappings the earlier one wins.

import { isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from "yaml";
import type { KeyPath } from "../source/key-path.ts";
import type { SourceRange } from "../source/source-text.ts";
import { keyOf, rangeOf } from "../source/yaml-document.ts";
import { follow, refuse, type Reading } from "./reading.ts";

/** One key with its value. */
export interface Entry {
  readonly key: string;
  readonly keyRange: SourceRange;
  readonly node: Node | null;
}

/** All entries of a mapping; `x-` keys are left out, they belong to the user. */
export function mappingEntries(reading: Reading, map: YAMLMap, path: KeyPath): readonly Entry[] {
  const own: Entry[] = [];
  const merged: Entry[] = [];
  for (const pair of map.items as Pair<Node, Node | null>[]) {
    const key = keyOf(pair);
    if (key === undefined) {
      const range = rangeOf(pair.key) ?? rangeOf(map) ?? { start: 0, end: 0 };
      refuse(reading, { node: pair.key, path, key: range }, "a key must be a plain word");
    } else if (key.text === "<<" && isScalar(pair.key) && pair.key.type === "PLAIN") {
      merged.push(...mergedEntries(reading, { ...key, node: pair.value }, path));
    } else if (!key.text.startsWith("x-")) {
      own.push({ key: key.text, keyRange: key.range, node: pair.value });
    }
  }
  if (merged.length === 0) return own;
  const taken = new Set(own.map(({ key }) => key));
  for (const entry of merged) {
    if (taken.has(entry.key)) continue;
    taken.add(entry.key);
    own.push(entry);
  }
  return own;
}

function mergedEntries(
  reading: Reading,
  merge: { readonly range: SourceRange; readonly node: Node | null },
  path: KeyPath,
): readonly Entry[] {
  const cursor = { node: merge.node, path, key: merge.range };
  const target = follow(reading, cursor);
  if (target === undefined) return [];
  if (isMap(target)) return mappingEntries(reading, target, path);
  if (!isSeq(target)) {
    refuse(reading, cursor, "<< merges a mapping or a list of mappings");
    return [];
  }
  return target.items.flatMap((item) => {
    const source = follow(reading, { ...cursor, node: item as Node });
    if (source === undefined) return [];
    if (isMap(source)) return mappingEntries(reading, source, path);
    refuse(reading, cursor, "<< merges a mapping or a list of mappings");
    return [];
  });
}
