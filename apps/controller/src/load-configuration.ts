// The configuration file of this controller, or a failure that lists everything that is wrong with it.

import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { formatFaults, parseConfiguration, type HostConfiguration } from "@penstock/configuration";
import { describeError, ServiceError } from "@penstock/foundation";

/** Reads a file. Throws ServiceError CONFIGURATION_NOT_READABLE or CONFIGURATION_INVALID. */
export function loadConfiguration(file: string): HostConfiguration {
  const parse = parseConfiguration(read(file), {
    file,
    directory: dirname(resolve(file)),
    environment: process.env,
    // Listeners read them, maybe on another machine: a controller needs no key.
    certificateFiles: "elsewhere",
  });
  if (parse.kind === "ok") return parse.configuration;
  throw new ServiceError(`the configuration is not valid\n${formatFaults(parse.faults)}`, {
    code: "CONFIGURATION_INVALID",
    remedy: "Correct the file; `penstock config validate` checks it without starting anything.",
  });
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new ServiceError(
      `the configuration file ${file} cannot be read: ${describeError(cause)}`,
      {
        code: "CONFIGURATION_NOT_READABLE",
        remedy: "Name it with --config or PENSTOCK_CONFIG.",
        cause,
      },
    );
  }
}
