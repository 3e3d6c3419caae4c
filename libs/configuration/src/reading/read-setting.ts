// Walks a part of the schema and a part of the file side by side and returns the values that were
// written: durations as milliseconds, sizes as bytes. What does not fit is reported and left out; the
// walk always goes on.

import { isMap, isScalar, isSeq, type Node, type YAMLMap, type YAMLSeq } from "yaml";
import { exhaustive } from "@penstock/foundation";
import { nearestWord } from "../notation/nearest-word.ts";
import { describeExpected, describeFound } from "./describe.ts";
import type { ListSetting, MapSetting, RecordSetting, Setting } from "../schema/setting.ts";
import type { Written } from "../schema/value.ts";
import { formatKeyPath } from "../source/key-path.ts";
import { mappingEntries, type Entry } from "./mapping-entries.ts";
import { readScalar } from "./read-scalar.ts";
import { follow, refuse, valueRange, type Cursor, type Reading } from "./reading.ts";

/** Reads what stands at the cursor. Undefined when nothing of it can be used; the faults say why. */
export function readSetting<S extends Setting>(
  reading: Reading,
  setting: S,
  cursor: Cursor,
): Written<S> | undefined {
  return readAny(reading, setting, cursor) as Written<S> | undefined;
}

function readAny(reading: Reading, setting: Setting, cursor: Cursor): unknown {
  const node = follow(reading, cursor);
  if (node === undefined) return undefined;
  const here = { ...cursor, node };
  if (node === null || (isScalar(node) && node.value === null)) {
    return refuse(reading, here, `nothing stands here, expected ${describeExpected(setting)}`);
  }
  switch (setting.kind) {
    case "record":
      return isMap(node)
        ? readRecord(reading, setting, { ...here, node })
        : misfit(reading, setting, here);
    case "map":
      return isMap(node)
        ? readMap(reading, setting, { ...here, node })
        : misfit(reading, setting, here);
    case "list":
      return isSeq(node)
        ? readList(reading, setting, { ...here, node })
        : misfit(reading, setting, here);
    case "duration":
    case "size":
    case "text":
    case "literal":
    case "choice":
    case "count":
    case "quantity":
    case "switch":
      return isScalar(node)
        ? readScalar(reading, setting, { ...here, node })
        : misfit(reading, setting, here);
    default:
      return exhaustive(setting);
  }
}

type MapCursor = Cursor & { readonly node: YAMLMap };

function readRecord(reading: Reading, setting: RecordSetting, cursor: MapCursor): unknown {
  const { path } = cursor;
  const values: [string, unknown][] = [];
  const seen = new Set<string>();
  const meant = new Set<string>();
  for (const entry of mappingEntries(reading, cursor.node, path)) {
    const member = Object.hasOwn(setting.properties, entry.key)
      ? setting.properties[entry.key]
      : undefined;
    if (member === undefined) {
      const nearest = nearestWord(entry.key, Object.keys(setting.properties));
      if (nearest !== undefined) meant.add(nearest);
      reportUnknownKey(reading, entry, cursor, nearest);
      continue;
    }
    seen.add(entry.key);
    const value = readAny(reading, member, step(reading, cursor, entry));
    if (value !== undefined) values.push([entry.key, value]);
  }
  // A mistyped key is reported as such; that the right one is missing goes without saying.
  for (const key of setting.required) {
    if (!seen.has(key) && !meant.has(key)) reportMissing(reading, cursor, `"${key}" is missing`);
  }
  checkExactlyOne(reading, setting, cursor, { seen, meant });
  return Object.fromEntries(values);
}

function readMap(reading: Reading, setting: MapSetting, cursor: MapCursor): unknown {
  const keyPattern = new RegExp(setting.keyPattern);
  const values: [string, unknown][] = [];
  for (const entry of mappingEntries(reading, cursor.node, cursor.path)) {
    const inner = step(reading, cursor, entry);
    if (!keyPattern.test(entry.key)) {
      reading.faults.add({
        range: entry.keyRange,
        path: inner.path,
        message: `${JSON.stringify(entry.key)} is not ${setting.expects}`,
      });
    }
    const value = setting.values === undefined ? null : readAny(reading, setting.values, inner);
    if (value !== undefined) values.push([entry.key, value]);
  }
  return Object.fromEntries(values);
}

function readList(
  reading: Reading,
  setting: ListSetting,
  cursor: Cursor & { readonly node: YAMLSeq },
): unknown {
  const { items } = cursor.node;
  if (items.length < setting.minItems) return refuse(reading, cursor, "the list is empty");
  const values: unknown[] = [];
  for (const [index, item] of items.entries()) {
    // A list item has no key; when it is empty too, the list itself is the place to point at.
    const inner = { node: item as Node, path: [...cursor.path, index], key: valueRange(cursor) };
    reading.places.set(inner.path, { key: valueRange(inner), value: valueRange(inner) });
    const value = readAny(reading, setting.items, inner);
    if (value === undefined) continue;
    if (setting.uniqueItems && values.includes(value)) {
      refuse(reading, inner, `${JSON.stringify(value)} stands in the list twice`);
    }
    values.push(value);
  }
  return values;
}

function step(reading: Reading, cursor: Cursor, { key, keyRange, node }: Entry): Cursor {
  const inner = { node, path: [...cursor.path, key], key: keyRange };
  reading.places.set(inner.path, { key: keyRange, value: valueRange(inner) });
  return inner;
}

function misfit(reading: Reading, setting: Setting, cursor: Cursor): undefined {
  const message = `expected ${describeExpected(setting)}, found ${describeFound(setting, cursor.node)}`;
  return refuse(reading, cursor, message, suggestList(setting, cursor.node));
}

/** `command: npx serve` and `urls: http://+:8080/`: the same as a list. */
function suggestList(setting: Setting, node: Node | null): string | undefined {
  if (setting.kind !== "list" || !isScalar(node) || typeof node.value !== "string")
    return undefined;
  const words = node.value.split(/\s+/).map((word) => JSON.stringify(word));
  return `write [${words.join(", ")}]`;
}

function reportUnknownKey(
  reading: Reading,
  { key, keyRange }: Entry,
  { path }: Cursor,
  nearest: string | undefined,
): void {
  const where = formatKeyPath(path);
  reading.faults.add({
    range: keyRange,
    path: [...path, key],
    message: `unknown key ${JSON.stringify(key)}${where === "" ? "" : ` in ${where}`}`,
    suggestion: nearest === undefined ? undefined : `did you mean ${JSON.stringify(nearest)}?`,
  });
}

function checkExactlyOne(
  reading: Reading,
  { exactlyOne }: RecordSetting,
  cursor: Cursor,
  keys: { readonly seen: ReadonlySet<string>; readonly meant: ReadonlySet<string> },
): void {
  const [first, ...more] = exactlyOne.filter((key) => keys.seen.has(key));
  if (first === undefined) {
    if (exactlyOne.length === 0 || exactlyOne.some((key) => keys.meant.has(key))) return;
    reportMissing(reading, cursor, `one of ${quoted(exactlyOne, "or")} is missing`);
  }
  for (const key of more) {
    const path = [...cursor.path, key];
    reading.faults.add({
      range: reading.places.get(path)?.key ?? cursor.key,
      path,
      message: `${formatKeyPath(cursor.path)} has both "${first}" and "${key}": only one of ${quoted(exactlyOne, "and")} may stand`,
    });
  }
}

/** What is missing has no place: its owner's key is shown, or the first character of the file. */
function reportMissing(reading: Reading, { path, key }: Cursor, message: string): void {
  const where = formatKeyPath(path);
  reading.faults.add({
    range: key,
    path,
    message: where === "" ? message : `${where}: ${message}`,
  });
}

function quoted(words: readonly string[], conjunction: string): string {
  const all = words.map((word) => `"${word}"`);
  return `${all.slice(0, -1).join(", ")} ${conjunction} ${all.at(-1) ?? ""}`;
}
