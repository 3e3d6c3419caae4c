// How values from several places become one, key by key. Lists, and mappings of which exactly one key
// may stand, are replaced as a whole.

import { parseDuration } from "../notation/duration.ts";
import { parseSize } from "../notation/size.ts";
import type { RecordSetting, Setting } from "./setting.ts";

type Values = Readonly<Record<string, unknown>>;

/** A setting's default as a value, or undefined when it has none. */
export function defaultOf(setting: Setting & { readonly default?: unknown }): unknown {
  const fallback = setting.default;
  if (typeof fallback !== "string") return fallback;
  if (setting.kind === "duration") return parseDuration(fallback);
  return setting.kind === "size" ? parseSize(fallback) : fallback;
}

/** `over` laid on `base`, both as written. */
export function overlay({ properties }: RecordSetting, base: Values, over: Values): Values {
  const merged: Record<string, unknown> = { ...base, ...over };
  for (const [key, setting] of Object.entries(properties)) {
    const [under, upper] = [base[key], over[key]];
    if (under === undefined || upper === undefined) continue;
    if (setting.kind === "record" && setting.exactlyOne.length === 0) {
      merged[key] = overlay(setting, under as Values, upper as Values);
    } else if (setting.kind === "map") {
      merged[key] = { ...(under as Values), ...(upper as Values) };
    }
  }
  return merged;
}

/** Everything that was not written gets its default. */
export function withDefaults({ properties }: RecordSetting, written: Values): Values {
  const filled: [string, unknown][] = [];
  for (const [key, setting] of Object.entries(properties)) {
    const value = written[key];
    const result =
      setting.kind === "record"
        ? withDefaults(setting, (value ?? {}) as Values)
        : (value ?? defaultOf(setting));
    if (result !== undefined) filled.push([key, result]);
  }
  return Object.fromEntries(filled);
}
