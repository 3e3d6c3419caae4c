// The static types that follow from the schema: what stands in a file as written, and what is left once
// every default is filled in.

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
  SizeSetting,
  SwitchSetting,
  TextSetting,
} from "./setting.ts";

type Scalar<S> = S extends DurationSetting | SizeSetting | CountSetting | QuantitySetting
  ? number
  : S extends ChoiceSetting<infer Word>
    ? Word
    : S extends TextSetting | LiteralSetting
      ? string
      : S extends SwitchSetting
        ? boolean
        : never;

/** A setting's value as far as the file states it: durations in milliseconds, sizes in bytes. */
export type Written<S> =
  S extends ListSetting<infer Item>
    ? readonly Written<Item>[]
    : S extends RecordSetting<infer Members>
      ? { readonly [Key in keyof Members]?: Written<Members[Key]> }
      : S extends MapSetting<infer Value>
        ? Readonly<Record<string, Written<Value>>>
        : Scalar<S>;

/** A setting's value with defaults filled in: what has a default, or holds something that has, is there. */
export type Resolved<S> =
  S extends RecordSetting<infer Members>
    ? { readonly [Key in Present<Members>]: Resolved<Members[Key]> } & {
        readonly [Key in Exclude<keyof Members, Present<Members>>]?: Resolved<Members[Key]>;
      }
    : Written<S>;

type Present<Members extends Properties> = {
  [Key in keyof Members]: Members[Key] extends { default: unknown } | RecordSetting ? Key : never;
}[keyof Members];
