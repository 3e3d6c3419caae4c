// What the reading of one file carries along: the document, where variables come from, the faults so
// far, and the place of every value that was written, for the rules that come after.

import { isAlias, type Document, type Node } from "yaml";
import type { Environment } from "../notation/interpolation.ts";
import type { FaultList } from "../source/fault.ts";
import { formatKeyPath, type KeyPath } from "../source/key-path.ts";
import type { SourceRange, SourceText } from "../source/source-text.ts";
import { rangeOf } from "../source/yaml-document.ts";

/** Where a key and its value stand. */
export interface Place {
  readonly key: SourceRange;
  readonly value: SourceRange;
}

/** One node of the file and the way to it. */
export interface Cursor {
  readonly node: Node | null;
  readonly path: KeyPath;
  /** The key in front of the value; what is to blame when the value itself has no place. */
  readonly key: SourceRange;
}

/** The reading of one file. */
export interface Reading {
  readonly source: SourceText;
  readonly document: Document;
  readonly environment: Environment;
  readonly faults: FaultList;
  readonly places: PlaceList;
  /** Aliases followed so far; shared by the whole reading. */
  readonly aliases: { followed: number };
}

/** Places by key path. */
export interface PlaceList {
  set(path: KeyPath, place: Place): void;
  get(path: KeyPath): Place | undefined;
}

/** A new, empty list. */
export function placeList(): PlaceList {
  const places = new Map<string, Place>();
  return {
    set: (path, place) => void places.set(formatKeyPath(path), place),
    get: (path) => places.get(formatKeyPath(path)),
  };
}

// Aliases of aliases multiply; a file that needs more than this is an attack or a mistake.
const aliasesMax = 1000;

/** The node that an alias stands for, or the node itself. Undefined, with a fault, when there is none. */
export function follow(reading: Reading, cursor: Cursor): Node | null | undefined {
  const { node, path } = cursor;
  if (!isAlias(node)) return node;
  const range = rangeOf(node) ?? cursor.key;
  if (++reading.aliases.followed > aliasesMax) {
    reading.faults.add({ range, path, message: `more than ${aliasesMax} aliases` });
    return undefined;
  }
  const target: Node | undefined = node.resolve(reading.document);
  if (target === undefined) {
    const message = `no anchor &${node.source} stands before *${node.source}`;
    reading.faults.add({ range, path, message });
  }
  return target;
}

/** Reports an error at the cursor's value; the message follows the key path. */
export function refuse(
  reading: Reading,
  cursor: Cursor,
  message: string,
  suggestion?: string,
): undefined {
  const { path } = cursor;
  const where = formatKeyPath(path);
  reading.faults.add({
    range: valueRange(cursor),
    path,
    message: where === "" ? message : `${where}: ${message}`,
    suggestion,
  });
}

/** Where the cursor's value stands; where its key stands when there is no value. */
export function valueRange({ node, key }: Cursor): SourceRange {
  const range = node === null ? undefined : rangeOf(node);
  return range === undefined || range.end === range.start ? key : range;
}
