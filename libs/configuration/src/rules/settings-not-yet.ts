// Rule: what was written and has no effect yet is named, at its place. What was written but says the
// default is true anyway and stays quiet.

import { isDeepStrictEqual } from "node:util";
import type { Reading } from "../reading/reading.ts";
import { applicationPool } from "../schema/application-pool.ts";
import { defaultOf } from "../schema/defaults.ts";
import { hostFile } from "../schema/host.ts";
import { notYet, type NotYet } from "../schema/not-yet.ts";
import type { Setting } from "../schema/setting.ts";
import { formatKeyPath } from "../source/key-path.ts";
import type { PoolLayer } from "./pool-layer.ts";

/** Reports settings of one layer, or of the whole file, that this version does not act on. */
export function checkSettingsNotYet(
  reading: Reading,
  scope: NotYet["scope"],
  { path, written }: PoolLayer,
): void {
  for (const entry of notYet) {
    if (entry.scope !== scope) continue;
    const keys = entry.key.split(".");
    const value = keys.reduce<unknown>(
      (inner, key) => (inner as Record<string, unknown> | undefined)?.[key],
      written,
    );
    const place = reading.places.get([...path, ...keys]);
    if (value === undefined || place === undefined) continue;
    const setting = settingNotYet(entry);
    if (setting !== undefined && isDeepStrictEqual(value, defaultOf(setting))) continue;
    const where = [...path, ...keys];
    reading.faults.add({
      severity: entry.severity,
      range: place.key,
      path: where,
      message: `${formatKeyPath(where)} ${entry.says}`,
    });
  }
}

/** The schema of an entry; undefined when its key is not in the schema, which a test excludes. */
export function settingNotYet({ scope, key }: NotYet): Setting | undefined {
  let setting: Setting | undefined = scope === "pool" ? applicationPool : hostFile;
  for (const step of key.split(".")) {
    if (setting?.kind !== "record" || !Object.hasOwn(setting.properties, step)) return undefined;
    setting = setting.properties[step];
  }
  return setting;
}
