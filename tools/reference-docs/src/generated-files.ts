// Everything in the repository that is generated from the code, and whether it is up to date.

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { editorSchema } from "@penstock/configuration";
import { configurationPage } from "./configuration-page.ts";
import { errorsPage } from "./errors-page.ts";
import { eventsPage } from "./events-page.ts";
import { metricsPage } from "./metrics-page.ts";

/** A file as it should be. */
export interface GeneratedFile {
  /** Relative to the root of the repository. */
  readonly path: string;
  readonly content: string;
}

/** Generates all files. Nothing is written. */
export async function generateFiles(): Promise<readonly GeneratedFile[]> {
  return [
    { path: "penstock.schema.json", content: `${JSON.stringify(editorSchema(), null, 2)}\n` },
    { path: "docs/configuration.md", content: await configurationPage() },
    { path: "docs/errors.md", content: await errorsPage() },
    { path: "docs/events.md", content: await eventsPage() },
    { path: "docs/metrics.md", content: await metricsPage() },
  ];
}

/** Those of the files that are missing below the root or say something else there. */
export async function findOutdated(
  root: string,
  files: readonly GeneratedFile[],
): Promise<readonly GeneratedFile[]> {
  const outdated: GeneratedFile[] = [];
  for (const file of files) {
    const present = await readFile(join(root, file.path), "utf8").catch(() => undefined);
    if (present !== file.content) outdated.push(file);
  }
  return outdated;
}

/** Writes the files below the root. The folders exist already. */
export async function writeFiles(root: string, files: readonly GeneratedFile[]): Promise<void> {
  for (const { path, content } of files) await writeFile(join(root, path), content);
}
