// The `config` commands: check a file, show what it means, print the schema.

import { editorSchema, renderConfiguration } from "@penstock/configuration";
import { print } from "../print.ts";
import { readConfigurationFile } from "../read-configuration-file.ts";

/** Checks a file. */
export function validate(file: string): void {
  const configuration = readConfigurationFile(file);
  if (!configuration) return;
  const count = configuration.pools.length;
  print(`${file} is valid: ${count} application ${count === 1 ? "pool" : "pools"}.`);
}

/** Prints a file with every default filled in. Secrets are shown as where they come from. */
export function show(file: string): void {
  const configuration = readConfigurationFile(file);
  if (configuration) print(renderConfiguration(configuration));
}

/** Prints the JSON Schema. */
export function schema(): void {
  print(JSON.stringify(editorSchema(), undefined, 2));
}
