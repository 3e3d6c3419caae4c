// What a reload changes, in sentences for people. Values are told where they can be nothing private: what
// stands in environments, secrets, commands and registries is named and not shown.

import { isDeepStrictEqual } from "node:util";
import { diffConfiguration, type PoolChange } from "./diff-configuration.ts";
import { hostNotation } from "./host-notation.ts";
import type { HostConfiguration } from "./host-configuration.ts";
import { poolNotation, type Notation } from "./pool-notation.ts";

/** First words of key paths whose values may be somebody's secret, whatever the file calls them. */
const PRIVATE = new Set(["environment", "secrets", "command", "container"]);

/** The same of whole key paths. */
const PRIVATE_KEYS = new Set(["canary.command"]);

/** The changes, a sentence each: removed, added and changed pools. Empty when nothing changes. */
export function describeChanges(
  current: HostConfiguration,
  next: HostConfiguration,
): readonly string[] {
  const { added, removed, changed } = diffConfiguration(current, next);
  const before = notations(current);
  const after = notations(next);
  const edgeChanged = !isDeepStrictEqual(current.edge, next.edge);
  return [
    ...(edgeChanged ? ["listeners: certificates, or which proxies are trusted, changed"] : []),
    ...describeHost(hostNotation(current.host), hostNotation(next.host)),
    ...removed.map((name) => `pool ${name} is removed: it finishes what waits and runs`),
    ...added.map((name) => `pool ${name} is new: ${urlsOf(after.get(name))}`),
    ...changed.map((change) =>
      describeChange(change, before.get(change.name) ?? {}, after.get(change.name) ?? {}),
    ),
  ];
}

function describeHost(before: Notation, after: Notation): readonly string[] {
  const changed = Object.keys(after).filter((key) => before[key] !== after[key]);
  if (changed.length === 0) return [];
  return [`host: ${changed.map((key) => describeKey(key, before, after)).join(", ")}`];
}

function describeChange(change: PoolChange, before: Notation, after: Notation): string {
  const { name, keys, generationChanged } = change;
  const told = keys.map((key) => describeKey(key, before, after)).join(", ");
  return `pool ${name}: ${told}${generationChanged ? `; ${replacement(after)}` : ""}`;
}

function replacement(after: Notation): string {
  return valueAt(after, "recycling.disallowRotationOnConfigChange") === true
    ? "its workers run on, new ones take it over"
    : "its workers are replaced";
}

function describeKey(key: string, before: Notation, after: Notation): string {
  const [first = ""] = key.split(".");
  const [left, right] = [valueAt(before, key), valueAt(after, key)];
  if (key === "canary") return describeCanary(left, right);
  if (PRIVATE.has(first) || PRIVATE_KEYS.has(key)) return `${key} ${verb(left, right)}`;
  return `${key} ${shown(left)} -> ${shown(right)}`;
}

/** A canary that comes or goes; its command may hold what is private. */
function describeCanary(left: unknown, right: unknown): string {
  const weight = String(valueAt({ canary: right ?? left }, "canary.weight"));
  return `canary with ${weight} % of its requests ${verb(left, right)}`;
}

function verb(left: unknown, right: unknown): string {
  if (left === undefined) return "added";
  return right === undefined ? "removed" : "changed";
}

function shown(value: unknown): string {
  if (value === undefined) return "(none)";
  if (Array.isArray(value)) return `[${value.map(String).join(", ")}]`;
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** What stands at a key path. */
function valueAt(notation: Notation, path: string): unknown {
  let found: unknown = notation;
  for (const key of path.split("."))
    found = typeof found === "object" && found !== null ? (found as Notation)[key] : undefined;
  return found;
}

function urlsOf(notation: Notation | undefined): string {
  return shown(notation?.["urls"] ?? []);
}

function notations({ pools }: HostConfiguration): ReadonlyMap<string, Notation> {
  return new Map(pools.map((pool) => [pool.name, poolNotation(pool)]));
}
