// The schema as a reference: one section for each mapping of the file, one row for each of its keys.
// tools/reference-docs turns it into docs/configuration.md.

import { exhaustive } from "@penstock/foundation";
import { hostFile } from "./host.ts";
import { notYet } from "./not-yet.ts";
import type { RecordSetting, Setting } from "./setting.ts";

/** One key of the file. */
export interface SettingReference {
  readonly key: string;
  /** Type, unit and range in words: "duration", "whole number, 10 to 65535". */
  readonly type: string;
  /** As it would be written; undefined when there is none. */
  readonly default: string | undefined;
  /** IIS's default, where it differs. */
  readonly iisDefault: string | undefined;
  readonly meaning: string;
  /** Whether this version ignores or refuses it; undefined when it does what it says. */
  readonly notYet: "ignored" | "refused" | undefined;
}

/** One mapping of the file. */
export interface ReferenceSection {
  /** Its place in the file, invented keys in angle brackets; empty for the top. */
  readonly path: string;
  readonly meaning: string;
  /** Keys of which exactly one must stand; mostly empty. */
  readonly exactlyOne: readonly string[];
  readonly settings: readonly SettingReference[];
}

/** The whole file, outer sections before inner ones. The keys of pools are told once, with the pool. */
export function settingReference(): readonly ReferenceSection[] {
  return [...sections(hostFile, "")];
}

function* sections(setting: RecordSetting, path: string): Generator<ReferenceSection> {
  const members = Object.entries(setting.properties).map(([key, member]) => ({
    key,
    member,
    path: path === "" ? key : `${path}.${key}`,
  }));
  yield {
    path,
    meaning: setting.description,
    exactlyOne: setting.exactlyOne,
    settings: members.map(({ key, member, path: inner }) => ({
      key,
      type: `${typeInWords(member)}${setting.required.includes(key) ? ", required" : ""}`,
      default: defaultInWords(member),
      iisDefault: member.iisDefault,
      meaning: member.description,
      notYet: notYetOf(inner),
    })),
  };
  for (const { key, member, path: inner } of members) {
    // The same keys as a pool's own.
    if (key === "applicationPoolDefaults") continue;
    const record = recordBehind(member);
    if (record !== undefined) yield* sections(record.setting, `${inner}${record.step}`);
  }
}

function recordBehind(
  setting: Setting,
): { readonly setting: RecordSetting; readonly step: string } | undefined {
  if (setting.kind === "record") return { setting, step: "" };
  if (setting.kind === "list" && setting.items.kind === "record") {
    return { setting: setting.items, step: "[]" };
  }
  return setting.kind === "map" && setting.values?.kind === "record"
    ? { setting: setting.values, step: ".<name>" }
    : undefined;
}

function notYetOf(path: string): SettingReference["notYet"] {
  const inPool = path.replace(/^applicationPools\.<name>\./, "");
  const scope = inPool === path ? "file" : "pool";
  const found = notYet.find((entry) => entry.scope === scope && entry.key === inPool);
  if (found === undefined) return undefined;
  return found.severity === "error" ? "refused" : "ignored";
}

function typeInWords(setting: Setting): string {
  switch (setting.kind) {
    case "list":
      return `list of ${setting.items.kind === "record" ? "mappings" : plural(setting.items)}`;
    case "record":
    case "map":
      return "mapping";
    case "duration":
      return setting.least === "0s" ? "duration" : `duration, ${setting.least} at least`;
    case "size":
      return "size";
    case "choice":
      return setting.enum.map((word) => `\`${word}\``).join(" or ");
    case "count":
      return countInWords(setting.minimum, setting.maximum);
    case "quantity":
      return "number above 0";
    case "switch":
      return "`true` or `false`";
    case "text":
    case "literal":
      return "text";
    default:
      return exhaustive(setting);
  }
}

function countInWords(minimum: number, maximum: number): string {
  return minimum === maximum ? `\`${minimum}\`` : `whole number, ${minimum} to ${maximum}`;
}

function plural(setting: Setting): string {
  return setting.kind === "literal" || setting.kind === "text" ? "texts" : "values";
}

function defaultInWords(setting: Setting & { readonly default?: unknown }): string | undefined {
  const fallback = setting.default;
  if (fallback === undefined) return undefined;
  return typeof fallback === "string" ? fallback : JSON.stringify(fallback);
}
