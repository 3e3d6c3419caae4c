// The vocabulary in which the file is described. A setting is a JSON Schema object with a few keywords
// more: `kind` says how its text is read, `iisDefault` where we differ from IIS, `expects` what a person
// would call it. Validation, defaults, types, the editor schema and the reference are all read off it.

interface Described {
  /** One line, for the editor's hover text and for the reference. */
  readonly description: string;
  /** IIS's own default as IIS writes it, given only where ours differs. */
  readonly iisDefault?: string;
}

/** A time such as `20m`; milliseconds once read. */
export interface DurationSetting extends Described {
  readonly kind: "duration";
  readonly type: "string";
  readonly pattern: string;
  readonly least: string;
  readonly most: string;
}

/** An amount of bytes such as `64MiB`; bytes once read. */
export interface SizeSetting extends Described {
  readonly kind: "size";
  readonly type: "string";
  readonly pattern: string;
  readonly least: string;
}

/** A text. */
export interface TextSetting extends Described {
  readonly kind: "text";
  readonly type: "string";
  readonly minLength: 1;
  readonly pattern?: string;
  readonly expects: string;
}

/** A text that may look like a number or a switch; read as it is written (`1.10` stays `1.10`). */
export interface LiteralSetting extends Described {
  readonly kind: "literal";
  readonly type: readonly ["string", "number", "boolean"];
  /** Placeholders such as `${PORT}` that stay for somebody who knows their value. */
  readonly kept: readonly string[];
}

/** One of a few words. */
export interface ChoiceSetting<Word extends string = string> extends Described {
  readonly kind: "choice";
  readonly type: "string";
  readonly enum: readonly Word[];
}

/** A whole number. */
export interface CountSetting extends Described {
  readonly kind: "count";
  readonly type: "integer";
  readonly minimum: number;
  readonly maximum: number;
}

/** A number with a fraction, above zero. */
export interface QuantitySetting extends Described {
  readonly kind: "quantity";
  readonly type: "number";
  readonly exclusiveMinimum: 0;
}

/** true or false. */
export interface SwitchSetting extends Described {
  readonly kind: "switch";
  readonly type: "boolean";
}

/** Everything that is written as one word or text. */
export type ScalarSetting =
  | DurationSetting
  | SizeSetting
  | TextSetting
  | LiteralSetting
  | ChoiceSetting
  | CountSetting
  | QuantitySetting
  | SwitchSetting;

/** Values in order. */
export interface ListSetting<Item extends Setting = Setting> extends Described {
  readonly kind: "list";
  readonly type: "array";
  readonly items: Item;
  readonly minItems: number;
  readonly uniqueItems: boolean;
}

/** Settings by name. */
export type Properties = Readonly<Record<string, Setting>>;

/** A mapping whose keys are known. */
export interface RecordSetting<Members extends Properties = Properties> extends Described {
  readonly kind: "record";
  readonly type: "object";
  readonly properties: Members;
  readonly required: readonly string[];
  /** Keys of which exactly one must stand. */
  readonly exactlyOne: readonly string[];
}

/** A mapping whose keys the user invents. */
export interface MapSetting<
  Value extends Setting | undefined = Setting | undefined,
> extends Described {
  readonly kind: "map";
  readonly type: "object";
  /** Undefined: whatever stands there is not looked at. */
  readonly values: Value;
  readonly keyPattern: string;
  /** What a key is called: "a pool name". */
  readonly expects: string;
}

/** Any part of the file. */
export type Setting = ScalarSetting | ListSetting | RecordSetting | MapSetting;
