// A constant load in a process of its own, so that nothing else that the bench does delays a request.

import { fileURLToPath } from "node:url";
import type { Stage } from "../measuring/stage.ts";

/** Faults that are kept as text: the first ones tell most. */
export const FAULTS_KEPT = 20;

/** When it was to be sent, epoch milliseconds; how long it took from then on, milliseconds; 1 if it failed. */
export type TimedRequest = readonly [at: number, ms: number, failed: 0 | 1];

/** What a load came to. */
export interface OpenLoadReport {
  readonly requests: readonly TimedRequest[];
  /** What was wrong with the first that failed. */
  readonly faults: readonly string[];
}

/** A load that runs. */
export interface OpenLoad {
  /** Sends no more and resolves when all is answered. */
  end(): Promise<OpenLoadReport>;
}

const program = fileURLToPath(new URL("./open-load-process.ts", import.meta.url));

/** Starts to send so many requests a second. */
export function startOpenLoad(stage: Stage, port: number, perSecond: number): OpenLoad {
  const load = stage.processes.start({
    name: "the load",
    executable: process.execPath,
    arguments: [program, String(port), String(perSecond)],
    keepOutput: true,
  });
  return {
    end: async () => {
      await load.stop();
      const [line] = load.output.trim().split("\n").slice(-1);
      if (!line?.startsWith("{")) throw new Error(`${load.name} failed:\n${load.output}`);
      return JSON.parse(line) as OpenLoadReport;
    },
  };
}
