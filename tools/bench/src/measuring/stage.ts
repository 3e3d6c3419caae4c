// Where a measurement takes place: the folder of this run, the processes that it may start, and what else
// has to end with it. All of it is gone when the run is over, however it ends.

import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ChildProcesses } from "../processes/child-processes.ts";

/** A stage. Disposing it ends the processes, then what it holds, last one first, then removes the folder. */
export interface Stage extends AsyncDisposable {
  readonly folder: string;
  readonly processes: ChildProcesses;
  /** The nats-server that Penstock runs. */
  readonly natsServer: string;
  /** Tells people how far things are. */
  readonly tell: (line: string) => void;
  /** Starts something that ends with the stage, even while it is starting. Throws when that is over already. */
  readonly hold: <Held extends AsyncDisposable>(start: () => Promise<Held>) => Promise<Held>;
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
  const all = new AsyncDisposableStack();
  all.defer(() => {
    process.off("exit", clearNow);
    clearNow();
  });
  const holdings = all.use(new AsyncDisposableStack());
  all.use(processes);
  return {
    folder,
    processes,
    natsServer,
    tell,
    hold: (start) => {
      if (holdings.disposed) throw new Error("the run is over, nothing is started");
      const started = start();
      holdings.defer(async () => {
        const held = await started.catch(() => undefined);
        await held?.[Symbol.asyncDispose]();
      });
      return started;
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}
