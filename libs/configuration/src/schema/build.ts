// One function per kind of setting, so that a schema file reads like the reference that it becomes.

import { durationPattern } from "../notation/duration.ts";
import { sizePattern } from "../notation/size.ts";
import type {
  ChoiceSetting,
  CountSetting,
  DurationSetting,
  ListSetting,
  LiteralSetting,
  MapSetting,
  Properties,
  QuantitySetting,
  RecordSetting,
  Setting,
  SizeSetting,
  SwitchSetting,
  TextSetting,
} from "./setting.ts";

interface Facts<Default> {
  readonly default?: Default;
  readonly iisDefault?: string;
}

// Node's timers overflow beyond 2^31-1 milliseconds (24 days 20 hours) and would fire at once.
const longest = "576h";

/** A duration. `least` keeps loops from spinning and limits from refusing everything. */
export function duration<const F extends Facts<string> & { least?: string }>(
  description: string,
  facts: F,
): DurationSetting & F {
  return {
    kind: "duration",
    type: "string",
    description,
    pattern: durationPattern,
    least: "0s",
    most: longest,
    ...facts,
  };
}

/** A size in bytes. */
export function size<const F extends Facts<string> & { least?: string }>(
  description: string,
  facts: F,
): SizeSetting & F {
  return { kind: "size", type: "string", description, pattern: sizePattern, least: "0B", ...facts };
}

/** A text that is not empty; `expects` says in words what the pattern asks for. */
export function text<const F extends Facts<string> & { pattern?: string; expects?: string }>(
  description: string,
  facts: F,
): TextSetting & F {
  return { kind: "text", type: "string", description, minLength: 1, expects: "text", ...facts };
}

/** A text that keeps its spelling even where YAML would see a number. */
export function literal(description: string, kept: readonly string[] = []): LiteralSetting {
  return { kind: "literal", type: ["string", "number", "boolean"], description, kept };
}

/** One of these words. */
export function choice<const Word extends string, const F extends Facts<Word>>(
  description: string,
  words: readonly Word[],
  facts: F,
): ChoiceSetting<Word> & F {
  return { kind: "choice", type: "string", description, enum: words, ...facts };
}

/** A whole number between two bounds, both allowed. */
export function count<const F extends Facts<number> & { minimum: number; maximum: number }>(
  description: string,
  facts: F,
): CountSetting & F {
  return { kind: "count", type: "integer", description, ...facts };
}

/** A number above zero. */
export function quantity(description: string): QuantitySetting {
  return { kind: "quantity", type: "number", description, exclusiveMinimum: 0 };
}

/** true or false. */
export function toggle<const F extends Facts<boolean>>(
  description: string,
  facts: F,
): SwitchSetting & F {
  return { kind: "switch", type: "boolean", description, ...facts };
}

/** A list. */
export function list<
  const Item extends Setting,
  const F extends { default?: readonly never[]; minItems?: number; uniqueItems?: boolean },
>(description: string, items: Item, facts: F): ListSetting<Item> & F {
  return {
    kind: "list",
    type: "array",
    description,
    items,
    minItems: 0,
    uniqueItems: false,
    ...facts,
  };
}

/** A mapping with known keys. */
export function record<const Members extends Properties>(
  description: string,
  properties: Members,
  rules: {
    readonly required?: readonly (keyof Members & string)[];
    readonly exactlyOne?: readonly (keyof Members & string)[];
  } = {},
): RecordSetting<Members> {
  return {
    kind: "record",
    type: "object",
    description,
    properties,
    required: [],
    exactlyOne: [],
    ...rules,
  };
}

/** A mapping with invented keys; empty when it is not written. */
export function map<const Value extends Setting | undefined>(
  description: string,
  values: Value,
  keys: { readonly keyPattern: string; readonly expects: string },
): MapSetting<Value> & { default: Readonly<Record<string, never>> } {
  return { kind: "map", type: "object", description, values, default: {}, ...keys };
}
