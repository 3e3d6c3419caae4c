// The files of one worker below the state directory. They are what outlives a controller: the next one
// finds the worker by its record and goes on reading its output where the last one stopped.
//
//   <state>/workers/<worker id>/process.json   who runs here, see worker-record.ts
//                              /stdout.log     what it writes
//                              /stderr.log
//                              /told           how far either was told, see worker-output.ts

import { mkdirSync, openSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { OutputStream } from "@penstock/activation";
import type { WorkerProcessId } from "@penstock/domain";
import { assert } from "@penstock/foundation";

/** Where one worker's files are. Paths only: making one touches no disk. */
export interface WorkerFiles {
  readonly folder: string;
  readonly record: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly told: string;
}

/** The folder that has one folder per worker. */
export function workersFolder(stateDirectory: string): string {
  return join(stateDirectory, "workers");
}

/** The files of a worker. An id that would lead out of the workers' folder is a bug of the caller. */
export function workerFiles(stateDirectory: string, id: WorkerProcessId): WorkerFiles {
  assert(/^[A-Za-z0-9_-][A-Za-z0-9_.-]*$/.test(id), `worker id ${id} is a plain name`);
  const folder = join(workersFolder(stateDirectory), id);
  return {
    folder,
    record: join(folder, "process.json"),
    stdout: join(folder, "stdout.log"),
    stderr: join(folder, "stderr.log"),
    told: join(folder, "told"),
  };
}

/** Makes a worker's folder. Throws when there is one: ids are never reused. */
export function makeWorkerFolder(files: WorkerFiles): void {
  mkdirSync(files.folder, { mode: 0o700 });
}

/** Open output files, one for each stream. */
export type OutputDescriptors = Readonly<Record<OutputStream, number>>;

/** Opens the output files for the worker to append to and for the runtime to read. */
export function openOutputs(files: WorkerFiles): OutputDescriptors {
  return {
    stdout: openSync(files.stdout, "a+", 0o600),
    stderr: openSync(files.stderr, "a+", 0o600),
  };
}

/** Removes what is left of a worker. A folder that is gone, or cannot be removed, is left at that. */
export async function removeWorkerFolder(files: WorkerFiles): Promise<void> {
  // Whoever looks into it at the same time may hold a file for a moment.
  await rm(files.folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => {});
}

/** The same at once, for a launch that failed: its id may be listed in the next moment. */
export function removeWorkerFolderNow(files: WorkerFiles): void {
  rmSync(files.folder, { recursive: true, force: true });
}
