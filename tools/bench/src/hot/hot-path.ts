// The hot path: the same small answer through every target, one loaded at a time, all of them running. Within
// a round every target is measured at every number of connections; the order of the targets rotates, so that
// what disturbs the machine for a while does not meet the same one each time.

import { setTimeout as pause } from "node:timers/promises";
import type { LoadGenerator } from "../load/load-generator.ts";
import { startCpuMeter } from "../measuring/cpu-meter.ts";
import type { LoadSample } from "../measuring/load-summary.ts";
import type { Stage } from "../measuring/stage.ts";
import { rotated } from "@penstock/figures";
import type { FoundProgram } from "../processes/find-program.ts";
import { startTargets } from "../targets/start-targets.ts";
import type { Target, TargetName } from "../targets/target.ts";

/** Load before anything is measured, for each target and number of connections: V8 compiles meanwhile, seconds. */
const WARM_UP_SECONDS = 1;

/** Between two loads, until the connections of the last one are closed everywhere, milliseconds. */
const SETTLE_MS = 150;

/** The requests that Penstock's worker takes at once; more than any connection count of the default run. */
const CONCURRENCY = 256;

/**
 * The connections of http-proxy to the application. Of the limits that were tried (16, 64, 128, 256, none; with and
 * without pipelining) none was better than this one beyond noise.
 */
const PROXY_CONNECTIONS = 128;

/** How the hot path is measured. */
export interface HotPathOptions {
  readonly connections: readonly number[];
  readonly rounds: number;
  /** Of each load. */
  readonly seconds: number;
  readonly load: LoadGenerator;
  readonly nginx: FoundProgram | undefined;
}

/** One load of one target. */
export interface HotSample extends LoadSample {
  readonly connections: number;
  readonly target: TargetName;
}

/** Measures; ends what it started. */
export async function measureHotPath(stage: Stage, options: HotPathOptions): Promise<HotSample[]> {
  const targets = await startTargets(stage, {
    application: "fastify",
    nginx: options.nginx,
    proxyConnections: PROXY_CONNECTIONS,
    concurrency: CONCURRENCY,
  });
  const { rounds, seconds, connections: counts } = options;
  stage.tell("hot path: warm-up");
  for (const connections of counts)
    for (const target of targets) {
      await loadTarget(stage, target, options.load, { connections, seconds: WARM_UP_SECONDS });
    }
  const samples: HotSample[] = [];
  for (let round = 0; round < rounds; round++) {
    stage.tell(`hot path: round ${round + 1} of ${rounds}`);
    for (const connections of counts)
      for (const target of rotated(targets, round)) {
        const measured = await loadTarget(stage, target, options.load, { connections, seconds });
        samples.push({ round, connections, target: target.name, ...measured });
      }
  }
  return samples;
}

async function loadTarget(
  { processes }: Stage,
  { port, parts }: Target,
  load: LoadGenerator,
  how: { readonly connections: number; readonly seconds: number },
): Promise<Pick<HotSample, "load" | "cpu">> {
  await pause(SETTLE_MS);
  const readCpu = startCpuMeter(parts());
  const result = await load.run({ port, ...how }, processes);
  return { load: result, cpu: readCpu() };
}
