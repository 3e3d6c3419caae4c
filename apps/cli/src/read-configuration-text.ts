// The text of a configuration file.

import { readFileSync } from "node:fs";
import { describeError, ServiceError } from "@penstock/foundation";
import { exitCode } from "./exit-code.ts";

/** Reads it whole. One that cannot be read is a usage error; `remedy` says what to do about it. */
export function readConfigurationText(file: string, remedy: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    process.exitCode = exitCode.usage;
    const problem = `the configuration file ${file} cannot be read: ${describeError(cause)}`;
    throw new ServiceError(problem, { code: "CONFIGURATION_NOT_READABLE", remedy, cause });
  }
}
