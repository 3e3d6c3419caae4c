// Writes the generated parts of the documentation: the editor schema, the configuration reference, the
// list of errors and the list of metrics. With --check it writes nothing and fails when any of them is out of date.

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { findOutdated, generateFiles, writeFiles } from "./generated-files.ts";

const root = join(import.meta.dirname, "../../..");
const { values } = parseArgs({ options: { check: { type: "boolean", default: false } } });

const outdated = await findOutdated(root, await generateFiles());
if (values.check) {
  for (const { path } of outdated) {
    process.stderr.write(`${path} is out of date: run node tools/reference-docs/src/main.ts\n`);
  }
  process.exitCode = outdated.length > 0 ? 1 : 0;
} else {
  await mkdir(join(root, "docs"), { recursive: true });
  await writeFiles(root, outdated);
  for (const { path } of outdated) process.stdout.write(`wrote ${path}\n`);
}
