// Looks again and again whether the configuration file is another one. By polling: editors replace a file by
// renaming another over it, and no notice of that reaches a container into which a folder is mounted. A
// change counts once the file has been the same for two looks, so that none is read half written.

import type { CancelTimer, Clock } from "@penstock/foundation";
import type { ConfigurationFile } from "./configuration-file.ts";

/** Time between two looks, milliseconds. */
const LOOK_MS = 500;

/** What a {@link ConfigurationWatch} is made of. */
export interface ConfigurationWatchParts {
  readonly file: Pick<ConfigurationFile, "signature">;
  /** The file's signature from before it was read. */
  readonly known: string;
  readonly clock: Clock;
  /** It is another one now. */
  readonly changed: () => void;
}

/** Watches one file from its construction to its disposal. */
export class ConfigurationWatch implements Disposable {
  readonly #parts: ConfigurationWatchParts;
  #told: string;
  #last: string;
  #cancel: CancelTimer = () => {};
  #disposed = false;

  constructor(parts: ConfigurationWatchParts) {
    this.#parts = parts;
    this.#told = parts.known;
    this.#last = parts.known;
    this.#plan();
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    this.#cancel();
  }

  #plan(): void {
    if (this.#disposed) return;
    this.#cancel = this.#parts.clock.after(LOOK_MS, () => {
      void this.#look().finally(() => this.#plan());
    });
  }

  async #look(): Promise<void> {
    const seen = await this.#parts.file.signature();
    const settled = seen === this.#last;
    this.#last = seen;
    if (!settled || seen === this.#told || this.#disposed) return;
    this.#told = seen;
    this.#parts.changed();
  }
}
