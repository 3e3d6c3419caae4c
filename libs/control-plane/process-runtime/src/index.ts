// Workers as child processes of the machine that the controller runs on: the embedded runtime.

export { findWorkerProcesses } from "./find-worker-processes.ts";
export { startProcessRuntime } from "./process-worker-runtime.ts";
export type { ProcessRuntimeSettings } from "./spawn-worker.ts";
export { isAlive, startTimeOf } from "./process-table.ts";
