// From text to YAML nodes that know their place. Syntax faults end the reading here: a file that is not
// YAML has no keys that could be right or wrong.

import { isScalar, parseDocument, visit, type Document, type Pair } from "yaml";
import type { FaultList } from "./fault.ts";
import type { SourceRange, SourceText } from "./source-text.ts";

/** Parses the text. Undefined when it is not well-formed YAML; the faults are then in the list. */
export function parseYaml(source: SourceText, faults: FaultList): Document | undefined {
  const document = parseDocument(source.text, {
    prettyErrors: false,
    // Reported below, with the place of the first one.
    uniqueKeys: false,
    logLevel: "error",
  });
  reportDuplicateKeys(document, source, faults);
  if (document.errors.length + document.warnings.length === 0) return document;
  reportSyntax(document, source, faults);
  return undefined;
}

function reportSyntax(document: Document, { text }: SourceText, faults: FaultList): void {
  for (const error of [...document.errors, ...document.warnings]) {
    const [start, end] = error.pos;
    if (error.code === "RESOURCE_EXHAUSTION") {
      faults.add({ range: { start, end }, path: [], message: "nested too deeply" });
      return;
    }
    const unquoted = unquotedExpression(text, start);
    faults.add(
      unquoted ?? { range: { start, end }, path: [], message: `not valid YAML: ${error.message}` },
    );
    // Once the parser has lost its footing, everything behind is an error to it.
    if (unquoted !== undefined || error.code === "UNEXPECTED_TOKEN") return;
  }
}

/** `{ key: ${NAME} }`: the braces end the flow mapping, which no YAML message would make clear. */
function unquotedExpression(text: string, offset: number) {
  if (text[offset] !== "{" || text[offset - 1] !== "$") return undefined;
  const start = offset - 1;
  const expression = /^[^\n}]*\}?/.exec(text.slice(start))?.[0] ?? "${";
  return {
    range: { start, end: start + expression.length },
    path: [],
    message: `${expression} must be quoted inside { } and [ ]`,
    suggestion: `write "${expression}"`,
  };
}

function reportDuplicateKeys(document: Document, source: SourceText, faults: FaultList): void {
  visit(document, {
    Map(_, map) {
      const seen = new Map<string, SourceRange>();
      for (const pair of map.items) {
        const key = keyOf(pair);
        if (key === undefined) continue;
        const first = seen.get(key.text);
        if (first === undefined) {
          seen.set(key.text, key.range);
          continue;
        }
        const { line, column } = source.position(first.start);
        faults.add({
          range: key.range,
          path: [],
          message: `duplicate key ${JSON.stringify(key.text)}, first at ${source.file}:${line}:${column}`,
        });
      }
    },
  });
}

/** The text and place of a plain key; undefined for a key that is a mapping, a list or an alias. */
export function keyOf(
  pair: Pair,
): { readonly text: string; readonly range: SourceRange } | undefined {
  const { key } = pair;
  if (!isScalar(key)) return undefined;
  return {
    text: typeof key.value === "string" ? key.value : (key.source ?? String(key.value)),
    range: rangeOf(key) ?? { start: 0, end: 0 },
  };
}

/** Where a node stands, without the space and comments behind it. */
export function rangeOf(node: {
  range?: readonly number[] | null | undefined;
}): SourceRange | undefined {
  const [start, end] = node.range ?? [];
  return start === undefined || end === undefined ? undefined : { start, end };
}
