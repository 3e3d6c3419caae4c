// Many requests at once, from a process of its own.

import { fileURLToPath } from "node:url";
import type { Stage } from "../measuring/stage.ts";

/** What became of them. */
export interface BurstReport {
  /** From the moment at which all were sent, milliseconds. */
  readonly answeredMs: readonly number[];
  readonly failed: number;
}

const program = fileURLToPath(new URL("./burst-process.ts", import.meta.url));

/** Sends so many requests at once, in turn to these ports, and resolves when the last one is answered. */
export async function sendBurst(
  stage: Stage,
  count: number,
  ports: readonly number[],
): Promise<BurstReport> {
  const crowd = stage.processes.start({
    name: "the crowd",
    executable: process.execPath,
    arguments: [program, String(count), ports.join()],
    keepOutput: true,
  });
  const code = await crowd.exited;
  if (code !== 0) throw new Error(`${crowd.name} failed (${code}):\n${crowd.output}`);
  return JSON.parse(crowd.output.trim().split("\n").at(-1) ?? "") as BurstReport;
}
