// Settings of one process: read once at its start from flags and environment over a declarative table,
// then frozen. A flag beats a variable, a variable beats the fallback. All faults are reported together,
// so that nobody mends them one start at a time. Not to be mixed up with the host configuration
// (pools, URL groups), which is a file and reloads.

import { readFileSync } from "node:fs";

import { describeError, ServiceError } from "@penstock/foundation";

import { readFlags } from "./flags.ts";
import { readSetting, type Setting, type SettingValue } from "./setting-kinds.ts";
import { secretFileNames, settingNames, type SettingNames } from "./setting-names.ts";

/** The settings of a process by name. The name gives flag and variable: `natsUrl` is `--nats-url` and `PENSTOCK_NATS_URL`. */
export type SettingTable = Readonly<Record<string, Setting>>;

/** The values that a table yields. Frozen. */
export type SettingsOf<Table extends SettingTable> = {
  readonly [Key in keyof Table]: SettingValue<Table[Key]>;
};

/** Where settings come from, and what must hold between them. */
export interface SettingSources<Table extends SettingTable> {
  /** Without node and the script. Defaults to those of this process. */
  readonly argv?: readonly string[];
  /** Defaults to that of this process. A variable that is empty counts as not set. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Each says what is wrong between valid settings ("--claim-renewal must be …"), or nothing. */
  readonly relations?: readonly ((settings: SettingsOf<Table>) => string | undefined)[];
}

/** Settings that cannot be started with: every fault in one error. A process that meets it exits with 2. */
export class InvalidSettings extends ServiceError {
  override readonly name = "InvalidSettings";
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    const count = faults.length === 1 ? "1 setting is" : `${faults.length} settings are`;
    super(`${count} not valid\n${faults.map((fault) => `  ${fault}`).join("\n")}`, {
      code: "SETTINGS_INVALID",
      remedy: "Correct the flags or variables named above and start again.",
    });
    this.faults = faults;
  }
}

/** Reads and freezes the settings of this process. Throws {@link InvalidSettings} with all faults. */
export function readSettings<const Table extends SettingTable>(
  table: Table,
  sources: SettingSources<Table> = {},
): SettingsOf<Table> {
  const { argv = process.argv.slice(2), environment = process.env, relations = [] } = sources;
  const flags = readFlags(argv, knownFlags(table));
  const given = (names: SettingNames): Given | undefined => {
    const flag = flags.values.get(names.flag);
    if (flag !== undefined) return { by: names.flag, text: flag };
    const text = environment[names.variable];
    return text ? { by: names.variable, text } : undefined;
  };

  const faults = [...flags.faults];
  const values: Record<string, unknown> = {};
  for (const [key, row] of Object.entries(table)) {
    const outcome = readRow(row, settingNames(key, row), given);
    if ("fault" in outcome) faults.push(outcome.fault);
    else values[key] = outcome.value;
  }
  const settings = Object.freeze(values) as SettingsOf<Table>;
  if (faults.length === 0)
    faults.push(...relations.flatMap((relation) => relation(settings) ?? []));
  if (faults.length > 0) throw new InvalidSettings(faults);
  return settings;
}

interface Given {
  /** The flag or variable that said it. */
  readonly by: string;
  readonly text: string;
}

type Outcome = { readonly value: unknown } | { readonly fault: string };

function readRow(
  row: Setting,
  names: SettingNames,
  given: (names: SettingNames) => Given | undefined,
): Outcome {
  const file = row.kind === "secret" ? given(secretFileNames(names)) : undefined;
  if (file) return readSecretFile(row, file);
  const found =
    given(names) ??
    (row.fallback === undefined ? undefined : { by: names.flag, text: row.fallback });
  if (found) {
    const reading = readSetting(row, found.text);
    return "value" in reading
      ? reading
      : { fault: `${found.by}: "${found.text}" ${reading.fault}` };
  }
  if (row.optional) return { value: undefined };
  const flag = row.kind === "secret" ? secretFileNames(names).flag : names.flag;
  return { fault: `${flag} (${names.variable}) is missing: ${row.about}` };
}

/** A secret's file as orchestrators mount it; the line end that editors add is not part of it. */
function readSecretFile(row: Setting, file: Given): Outcome {
  try {
    return readSetting(row, readFileSync(file.text, "utf8").replace(/\r?\n$/, ""));
  } catch (cause) {
    return { fault: `${file.by}: ${describeError(cause)}` };
  }
}

function knownFlags(table: SettingTable): ReadonlyMap<string, "boolean" | "string"> {
  const known = new Map<string, "boolean" | "string">();
  for (const [key, row] of Object.entries(table)) {
    const names = settingNames(key, row);
    // A flag is public (process lists, shell history): a secret only has the flag that names its file.
    if (row.kind === "secret") known.set(secretFileNames(names).flag, "string");
    else known.set(names.flag, row.kind === "boolean" ? "boolean" : "string");
  }
  return known;
}
