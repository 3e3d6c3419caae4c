// For tests: prefixes and tables from strings that are known to be right.

import { assert } from "@penstock/foundation";
import { buildRoutingTable, type RoutingTable } from "./routing-table.ts";
import { parseUrlPrefix, type UrlPrefix } from "./url-prefix.ts";

/** A target that tells which prefix led to it. */
export interface GivenTarget {
  readonly prefix: string;
}

/** The prefix that a string spells. */
export function givenPrefix(text: string): UrlPrefix {
  const parse = parseUrlPrefix(text);
  assert(parse.kind === "prefix", `${text} is a UrlPrefix`);
  return parse.prefix;
}

/** A table in which each prefix leads to a target of its own. */
export function givenTable(...prefixes: readonly string[]): RoutingTable<GivenTarget> {
  const build = buildRoutingTable(
    prefixes.map((prefix) => [givenPrefix(prefix), { prefix }] as const),
  );
  assert(build.kind === "table", "the prefixes stand in no conflict");
  return build.table;
}
