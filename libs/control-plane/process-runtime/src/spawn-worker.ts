// Brings one worker process to life. The order matters, for speed and for crashes of the controller:
//
//   1 open the output files   the worker writes to them from its first moment
//   2 spawn                   everything above is three system calls; from here on the worker boots by itself
//   3 write the record        from here on a successor finds the worker
//   4 hand over the bootstrap a controller that dies before leaves a worker that reads an empty input and exits

import { type ChildProcess, spawn } from "node:child_process";
import { closeSync } from "node:fs";
import { join } from "node:path";
import { renderWorkerBootstrap, type WorkerLaunch } from "@penstock/activation";
import { killGroup, startTimeOf } from "./process-table.ts";
import { workerEnvironment } from "./worker-environment.ts";
import {
  makeWorkerFolder,
  openOutputs,
  removeWorkerFolderNow,
  type WorkerFiles,
} from "./worker-files.ts";
import { openWorkerOutput, type TellLine, type WorkerOutput } from "./worker-output.ts";
import { type WorkerRecord, writeWorkerRecord } from "./worker-record.ts";

/** What is the same for all workers of a runtime. */
export interface ProcessRuntimeSettings {
  /** Absolute. Workers and their output are found again below it. */
  readonly stateDirectory: string;
  /** Absolute path of the module that a worker process runs. */
  readonly workerEntry: string;
  /** The Node that runs it. Default: the one that runs this. */
  readonly executable?: string;
}

/** A worker process that exists, and the runtime's ends of it. */
export interface SpawnedWorker {
  readonly child: ChildProcess;
  readonly record: WorkerRecord;
  readonly output: WorkerOutput;
}

/**
 * Spawns a worker; rejects with whatever the system threw, and then nothing of it is left. Up to the spawn
 * it runs in the turn of its caller.
 */
export async function spawnWorker(
  launch: WorkerLaunch,
  files: WorkerFiles,
  settings: ProcessRuntimeSettings,
  tell: TellLine,
): Promise<SpawnedWorker> {
  makeWorkerFolder(files);
  await using unwind = new AsyncDisposableStack();
  unwind.defer(() => removeWorkerFolderNow(files));
  const descriptors = openOutputs(files);
  unwind.defer(() => Object.values(descriptors).forEach((fd) => closeSync(fd)));
  const child = spawn(settings.executable ?? process.execPath, [settings.workerEntry], {
    cwd: launch.directory,
    env: workerEnvironment(launch, process.env, join(settings.stateDirectory, "compile-cache")),
    // A process group and session of its own: out of reach of the terminal's signals, and the group is
    // what a kill reaches.
    detached: true,
    stdio: ["pipe", descriptors.stdout, descriptors.stderr],
  });
  await untilSpawned(child);
  const { pid = 0 } = child;
  unwind.defer(() => killGroup(pid));
  const { id, pool, generation } = launch;
  const startTime = startTimeOf(pid) ?? "";
  const record = { id, pool, generation, startedAt: Date.now(), pid, startTime };
  writeWorkerRecord(files.record, record);
  const output = openWorkerOutput(files, descriptors, tell);
  // A worker that ends without reading its input is told by its exit.
  child.stdin?.on("error", () => {}).end(renderWorkerBootstrap(launch));
  unwind.move();
  return { child, record, output };
}

function untilSpawned(child: ChildProcess): Promise<void> {
  const spawned = Promise.withResolvers<void>();
  child.on("spawn", spawned.resolve);
  // Stays for life: a signal that cannot be sent raises it too, and unheard it would end the controller.
  child.on("error", spawned.reject);
  return spawned.promise;
}
