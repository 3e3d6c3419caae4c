// A configuration file from disk, with everything that is wrong with it printed.

import { dirname, resolve } from "node:path";
import { formatFaults, parseConfiguration, type HostConfiguration } from "@penstock/configuration";
import { exitCode } from "./exit-code.ts";
import { tell } from "./print.ts";
import { readConfigurationText } from "./read-configuration-text.ts";

const REMEDY = "Name another file with -c, or write one: `penstock demo` runs without.";

/** Reads and checks a file; prints faults and warnings. Undefined when it is not valid: the exit code is set. */
export function readConfigurationFile(file: string): HostConfiguration | undefined {
  const parse = parseConfiguration(readConfigurationText(file, REMEDY), {
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
