// The kinds a process setting can have: what a row of the table says, what its text must look like and
// what it becomes. The union of the rows and the table of their readers live together.

import { parseDurationMs } from "./duration.ts";
import { Secret } from "./secret.ts";

/** What every row says. */
interface SettingRow<Kind extends string> {
  readonly kind: Kind;
  /** What it is for, as the end of "… is missing: ". */
  readonly about: string;
  /** Taken when nobody sets it; written as a user would write it. */
  readonly fallback?: string;
  /** True when it may be missing: the value is then undefined. */
  readonly optional?: true;
}

/** One row of a settings table. */
export type Setting =
  | (SettingRow<"string"> & { readonly oneOf?: readonly string[] })
  | (SettingRow<"int"> & { readonly min?: number; readonly max?: number })
  /** Written `90s`, read as milliseconds. Its name in the table ends with `Ms`, outside it does not. */
  | (SettingRow<"duration"> & { readonly minMs?: number; readonly maxMs?: number })
  /** Read as the text that was written. `protocols` as the URL class writes them: `nats:`. */
  | (SettingRow<"url"> & { readonly protocols?: readonly string[] })
  | SettingRow<"boolean">
  /** Comes from the environment, or from the file that `…_FILE` or `--…-file` names. Never from a flag: those are public. */
  | SettingRow<"secret">;

/** What a row's text becomes. */
export type SettingValue<Row extends Setting> =
  | (Row extends { kind: "int" | "duration" }
      ? number
      : Row extends { kind: "boolean" }
        ? boolean
        : Row extends { kind: "secret" }
          ? Secret
          : Row extends { oneOf: readonly (infer Word)[] }
            ? Word
            : string)
  | (Row extends { optional: true } ? undefined : never);

/** A value, or why the text is none. The fault reads on after the text: `"80x" <fault>`. */
export type SettingReading = { readonly value: unknown } | { readonly fault: string };

type Readers = {
  readonly [Kind in Setting["kind"]]: (
    text: string,
    row: Extract<Setting, { kind: Kind }>,
  ) => SettingReading;
};

const readers: Readers = {
  string: (text, { oneOf }) =>
    oneOf && !oneOf.includes(text) ? { fault: `is none of ${oneOf.join(", ")}` } : { value: text },
  int(text, { min, max }) {
    const value = /^-?\d{1,15}$/.test(text) ? Number(text) : undefined;
    const fits = value !== undefined && between(value, min, max);
    return fits ? { value } : { fault: `is not a whole number${rangeText(min, max, "")}` };
  },
  duration(text, { minMs, maxMs }) {
    const value = parseDurationMs(text);
    if (value === undefined) return { fault: "is not a duration such as 250ms, 90s or 1h30m" };
    if (between(value, minMs, maxMs)) return { value };
    return { fault: `is not a duration${rangeText(minMs, maxMs, " ms")}` };
  },
  url(text, { protocols }) {
    const url = URL.parse(text);
    if (!url) return { fault: "is not a URL" };
    if (protocols && !protocols.includes(url.protocol))
      return { fault: `does not begin with ${protocols.join(" or ")}` };
    return { value: text };
  },
  boolean: (text) =>
    text === "true" || text === "false"
      ? { value: text === "true" }
      : { fault: "is neither true nor false" },
  secret: (text) => ({ value: new Secret(text) }),
};

/** Reads the text of one setting. */
export function readSetting(row: Setting, text: string): SettingReading {
  return (readers[row.kind] as (text: string, row: Setting) => SettingReading)(text, row);
}

function between(value: number, min = -Infinity, max = Infinity): boolean {
  return value >= min && value <= max;
}

function rangeText(min: number | undefined, max: number | undefined, unit: string): string {
  if (min !== undefined && max !== undefined) return ` from ${min}${unit} to ${max}${unit}`;
  if (min !== undefined) return ` of at least ${min}${unit}`;
  return max === undefined ? "" : ` of at most ${max}${unit}`;
}
