// A configuration file from disk, with everything that is wrong with it printed.

import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { formatFaults, parseConfiguration, type HostConfiguration } from "@penstock/configuration";
import { describeError, ServiceError } from "@penstock/foundation";
import { exitCode } from "./exit-code.ts";
import { tell } from "./print.ts";

/** Reads and checks a file; prints faults and warnings. Undefined when it is not valid: the exit code is set. */
export function readConfigurationFile(file: string): HostConfiguration | undefined {
  const parse = parseConfiguration(readText(file), {
    file,
    directory: dirname(resolve(file)),
    environment: process.env,
  });
  const found = parse.kind === "ok" ? parse.warnings : parse.faults;
  if (found.length > 0) tell(formatFaults(found, { colour: process.stderr.isTTY }));
  if (parse.kind === "ok") return parse.configuration;
  process.exitCode = exitCode.usage;
  return undefined;
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    process.exitCode = exitCode.usage;
    throw new ServiceError(
      `the configuration file ${file} cannot be read: ${describeError(cause)}`,
      {
        code: "CONFIGURATION_NOT_READABLE",
        remedy: "Name another file with -c, or write one: `penstock demo` runs without.",
        cause,
      },
    );
  }
}
