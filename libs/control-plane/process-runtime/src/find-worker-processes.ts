// The workers that run on this machine, looked at and nothing else: no output is followed, and what is left of dead
// ones stays.

import { readdir } from "node:fs/promises";
import { type ObservedProcess, WorkerRuntimeUnavailable } from "@penstock/activation";
import { describeError } from "@penstock/foundation";
import { isAlive, isStopped } from "./process-table.ts";
import { workerFiles, workersFolder } from "./worker-files.ts";
import { observedProcess, readWorkerRecord } from "./worker-record.ts";

/** All that a runtime over this state directory would list. Throws {@link WorkerRuntimeUnavailable}. */
export async function findWorkerProcesses(
  stateDirectory: string,
): Promise<readonly ObservedProcess[]> {
  const names = await namesIn(workersFolder(stateDirectory));
  return names.flatMap((id) => {
    const record = readWorkerRecord(workerFiles(stateDirectory, id).record);
    return record && isAlive(record) ? [observedProcess(record, isStopped(record))] : [];
  });
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return [];
    const what = `the workers below ${folder} cannot be reached: ${describeError(thrown)}`;
    throw new WorkerRuntimeUnavailable(what, thrown);
  }
}
