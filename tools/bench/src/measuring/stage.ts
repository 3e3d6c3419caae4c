// Where a measurement takes place: the folder of this run and the processes that it may start. Both are
// gone when the run is over, however it ends.

import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ChildProcesses } from "../processes/child-processes.ts";

/** A stage. Disposing it ends the processes, then removes the folder. */
export interface Stage extends AsyncDisposable {
  readonly folder: string;
  readonly processes: ChildProcesses;
  /** The nats-server that Penstock runs. */
  readonly natsServer: string;
  /** Tells people how far things are. */
  readonly tell: (line: string) => void;
}

/** Sets up a stage. What the process leaves when it exits without disposing is removed at its exit. */
export function openStage(natsServer: string, tell: (line: string) => void): Stage {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), "penstock-bench-"));
  const processes = new ChildProcesses(folder);
  const clearNow = (): void => {
    processes.killNow();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  process.once("exit", clearNow);
  return {
    folder,
    processes,
    natsServer,
    tell,
    [Symbol.asyncDispose]: async () => {
      await processes[Symbol.asyncDispose]();
      process.off("exit", clearNow);
      clearNow();
    },
  };
}
