// The configuration file of this controller: read, replaced, and recognised when somebody changed it. What
// is wrong with it is a list of places; lines of the file are not shown where others may read them.

import { randomUUID } from "node:crypto";
import { chmod, readFile, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import {
  configurationGenerationOf,
  formatFaults,
  parseConfiguration,
  type Fault,
  type HostConfiguration,
} from "@penstock/configuration";
import { describeError, ServiceError } from "@penstock/foundation";

/** A configuration with the text that it was read from. */
export interface ReadConfiguration {
  readonly text: string;
  readonly configuration: HostConfiguration;
  /** Names what the text means: two texts that mean the same have the same. */
  readonly generation: string;
  readonly warnings: readonly Fault[];
}

/** What reading came to. */
export type ConfigurationReading =
  | ({ readonly kind: "valid" } & ReadConfiguration)
  | { readonly kind: "invalid"; readonly text: string; readonly faults: readonly Fault[] };

/** The one file that a controller goes by. */
export class ConfigurationFile {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** Throws ServiceError CONFIGURATION_NOT_READABLE. */
  async read(): Promise<string> {
    try {
      return await readFile(this.path, "utf8");
    } catch (cause) {
      throw new ServiceError(
        `the configuration file ${this.path} cannot be read: ${describeError(cause)}`,
        {
          code: "CONFIGURATION_NOT_READABLE",
          remedy: "Name it with --config or PENSTOCK_CONFIG.",
          cause,
        },
      );
    }
  }

  /** Reads a text as if it stood in this file. `shownAs`: the file's name in faults. */
  parse(text: string, shownAs = this.path): ConfigurationReading {
    const parse = parseConfiguration(text, {
      file: shownAs,
      directory: dirname(resolve(this.path)),
      environment: process.env,
      // Listeners read them, maybe on another machine: a controller needs no key.
      certificateFiles: "elsewhere",
    });
    if (parse.kind === "invalid") return { kind: "invalid", text, faults: parse.faults };
    const { configuration, warnings } = parse;
    const generation = configurationGenerationOf(configuration);
    return { kind: "valid", text, configuration, generation, warnings };
  }

  /** For the start. Throws ServiceError CONFIGURATION_NOT_READABLE or CONFIGURATION_INVALID. */
  async load(): Promise<ReadConfiguration> {
    const reading = this.parse(await this.read());
    if (reading.kind === "valid") return reading;
    throw new ServiceError(`the configuration is not valid\n${formatFaults(reading.faults)}`, {
      code: "CONFIGURATION_INVALID",
      remedy: "Correct the file; `penstock config validate` checks it without starting anything.",
    });
  }

  /** Replaces the file as a whole. Throws ServiceError CONFIGURATION_NOT_WRITABLE. */
  async replace(text: string): Promise<void> {
    const target = await realpath(this.path).catch(() => resolve(this.path));
    const next = `${target}.${randomUUID()}`;
    try {
      const mode = await stat(target).then(
        (found) => found.mode,
        () => 0o600,
      );
      await writeFile(next, text, { flag: "wx", mode: 0o600 });
      await chmod(next, mode & 0o777);
      await rename(next, target);
    } catch (cause) {
      await rm(next, { force: true }).catch(() => {});
      throw new ServiceError(
        `the controller cannot replace its configuration file ${this.path}: ${describeError(cause)}`,
        {
          code: "CONFIGURATION_NOT_WRITABLE",
          remedy: "Change that file where it is, and apply without naming another.",
          cause,
        },
      );
    }
  }

  /** Differs when the file differs: also when another was moved to its name. Empty: there is none. */
  async signature(): Promise<string> {
    try {
      const { ino, size, mtimeMs, ctimeMs } = await stat(this.path);
      return [ino, size, mtimeMs, ctimeMs].join(" ");
    } catch {
      return "";
    }
  }
}

/** Faults with their places, a line each, without lines of the file: those may hold what is private. */
export function faultLines(faults: readonly Fault[]): readonly string[] {
  return faults.map(({ file, line, column, severity, message, suggestion }) => {
    const hint = suggestion === undefined ? "" : ` (${suggestion})`;
    return `${file}:${line}:${column}  ${severity}  ${message}${hint}`;
  });
}
