// What has the configuration read again without anybody asking the admin API: SIGHUP, and another file.

import type { Clock } from "@penstock/foundation";
import type { ConfigurationFile } from "./configuration-file.ts";
import type { ConfigurationReload } from "./configuration-reload.ts";
import { ConfigurationWatch } from "./configuration-watch.ts";

/** What is watched. */
export interface ReloadTriggers {
  readonly file: ConfigurationFile;
  /** The file's signature from before it was read. */
  readonly known: string;
  readonly clock: Clock;
}

/** Reloads on SIGHUP and when the file changes, until it is disposed of. */
export function watchForReloads(
  configuration: Pick<ConfigurationReload, "reload">,
  { file, known, clock }: ReloadTriggers,
): Disposable {
  const stack = new DisposableStack();
  const hup = (): void => void configuration.reload({ cause: "signal" });
  process.on("SIGHUP", hup);
  stack.defer(() => process.off("SIGHUP", hup));
  const changed = (): void => void configuration.reload({ cause: "file" });
  stack.use(new ConfigurationWatch({ file, known, clock, changed }));
  return stack;
}
