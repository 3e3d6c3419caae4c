// Large bodies through every target, one loaded at a time: a download without end, and an upload, for some
// seconds over one connection and over eight. The order of the targets rotates from round to round.

import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { rotated } from "@penstock/figures";
import { resultOf } from "../load/result-of.ts";
import { startCpuMeter, type CpuByPart } from "../measuring/cpu-meter.ts";
import type { Stage } from "../measuring/stage.ts";
import type { FoundProgram } from "../processes/find-program.ts";
import { startTargets } from "../targets/start-targets.ts";
import type { Target, TargetName } from "../targets/target.ts";
import type { Direction, Transfer } from "./transfer.ts";

const program = fileURLToPath(new URL("./transfer-process.ts", import.meta.url));

const directions: readonly Direction[] = ["download", "upload"];
const connectionCounts = [1, 8] as const;
const ROUNDS = 2;
const WARM_UP_SECONDS = 1;

/** Between two loads, milliseconds. */
const SETTLE_MS = 300;

/** How streaming is measured. */
export interface StreamingOptions {
  /** Of each transfer. */
  readonly seconds: number;
  readonly nginx: FoundProgram | undefined;
}

/** One transfer. */
export interface StreamingSample {
  readonly round: number;
  readonly target: TargetName;
  readonly direction: Direction;
  readonly connections: number;
  readonly transfer: Transfer;
  readonly cpu: CpuByPart;
}

/** Measures; ends what it started. */
export async function measureStreaming(
  stage: Stage,
  { seconds, nginx }: StreamingOptions,
): Promise<StreamingSample[]> {
  const targets = await startTargets(stage, {
    application: "streams",
    nginx,
    proxyConnections: 0,
    concurrency: 64,
  });
  const move = async (target: Target, direction: Direction, connections: number, time: number) => {
    await pause(SETTLE_MS);
    const readCpu = startCpuMeter(target.parts());
    const given = [target.port, direction, connections, time];
    const transfer = await resultOf<Transfer>(stage.processes, "transfer", program, given);
    return { target: target.name, direction, connections, transfer, cpu: readCpu() };
  };
  stage.tell("streaming: warm-up");
  for (const direction of directions)
    for (const target of targets) await move(target, direction, 2, WARM_UP_SECONDS);
  const samples: StreamingSample[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    stage.tell(`streaming: round ${round + 1} of ${ROUNDS}`);
    for (const direction of directions)
      for (const connections of connectionCounts)
        for (const target of rotated(targets, round))
          samples.push({ round, ...(await move(target, direction, connections, seconds)) });
  }
  return samples;
}
