// How a setting is called outside. In the table it has one camel-case name; people write a flag or a
// variable. A duration's `Ms` stays inside: outside, the value carries its unit.

import { assert } from "@penstock/foundation";

import type { Setting } from "./setting-kinds.ts";

/** What people write. */
export interface SettingNames {
  /** `--nats-url` */
  readonly flag: string;
  /** `PENSTOCK_NATS_URL` */
  readonly variable: string;
}

/** The names of a setting: `natsUrl` is `--nats-url` and `PENSTOCK_NATS_URL`. */
export function settingNames(key: string, row: Setting): SettingNames {
  assert(/^[a-z][a-zA-Z0-9]*$/.test(key), `a setting's name is camel case: ${key}`);
  assert(
    row.kind === "duration" ? /[a-z]Ms$/.test(key) : true,
    `a duration's name ends with Ms: ${key}`,
  );
  const words = (row.kind === "duration" ? key.slice(0, -"Ms".length) : key)
    .replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
    .split("-");
  return { flag: `--${words.join("-")}`, variable: `PENSTOCK_${words.join("_").toUpperCase()}` };
}

/** The names under which a secret's file is given. */
export function secretFileNames({ flag, variable }: SettingNames): SettingNames {
  return { flag: `${flag}-file`, variable: `${variable}_FILE` };
}
