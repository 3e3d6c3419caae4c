// What is wrong in a configuration file and where. Faults are collected, never thrown: the whole file
// is read before anybody is told anything.

import { formatKeyPath, type KeyPath } from "./key-path.ts";
import type { SourceRange, SourceText } from "./source-text.ts";

/** One fault, with its place in the file. */
export interface Fault {
  /** A file with an `error` is not applied; a `warning` tells that something does not do what it says. */
  readonly severity: "error" | "warning";
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
  /** The offending text, as offsets into the file. */
  readonly range: SourceRange;
  /** The line that the fault begins in and the one before it, so that it can be shown without the file. */
  readonly excerpt: { readonly before: string; readonly line: string };
  /** `applicationPools.shop.queueLength`; empty when the fault concerns the file as a whole. */
  readonly path: string;
  /** A sentence that stands alone: it names the path where that helps. */
  readonly message: string;
  /** What to do, ready to show: `did you mean "queueLength"?` or `write 20m`. */
  readonly suggestion?: string;
}

/** A fault before its place is known in lines and columns. */
export interface Finding {
  readonly severity?: "error" | "warning";
  readonly range: SourceRange;
  readonly path: KeyPath;
  readonly message: string;
  readonly suggestion?: string | undefined;
}

/** Collects the faults of one file. */
export interface FaultList {
  add(finding: Finding): void;
  /** True when an error stands exactly at this path: rules about its value would only add noise. */
  hasErrorAt(path: KeyPath): boolean;
  /** Everything found, in the order of the file. */
  sorted(): readonly Fault[];
}

/** A new, empty list. The same finding twice (an alias used twice) is kept once. */
export function faultList(source: SourceText): FaultList {
  const faults = new Map<string, Fault>();
  const erroneous = new Set<string>();
  return {
    add({ severity = "error", range: given, path, message, suggestion }) {
      // The YAML parser points behind the end where something is missing there.
      const start = Math.min(given.start, source.text.length);
      const range = { start, end: Math.max(start, Math.min(given.end, source.text.length)) };
      const keyPath = formatKeyPath(path);
      const position = source.position(start);
      if (severity === "error") erroneous.add(keyPath);
      faults.set(`${range.start} ${message}`, {
        severity,
        file: source.file,
        ...position,
        range,
        excerpt: { before: source.line(position.line - 1), line: source.line(position.line) },
        path: keyPath,
        message,
        ...(suggestion === undefined ? {} : { suggestion }),
      });
    },
    hasErrorAt: (path) => erroneous.has(formatKeyPath(path)),
    sorted: () => [...faults.values()].sort((left, right) => left.range.start - right.range.start),
  };
}
