// A run, from finding the programs to the text of the report. Each measurement has a stage of its own, which
// is gone when it is done, has failed, or was interrupted.

import { findNatsServer, natsServerCacheDirectory } from "@penstock/nats-server";
import { measureChanges } from "./changes/changes.ts";
import { summarizeChanges } from "./changes/change-summary.ts";
import { measureColdStart } from "./cold/cold-start.ts";
import { summarizeColdStart } from "./cold/cold-summary.ts";
import { engineVersion } from "./containers/container-engine.ts";
import { measureFlashCrowd } from "./crowd/flash-crowd.ts";
import { summarizeCrowds } from "./crowd/crowd-summary.ts";
import { measureContainerStart } from "./containers/container-start.ts";
import { measureHotPath } from "./hot/hot-path.ts";
import { summarizeHotPath } from "./hot/hot-summary.ts";
import { autocannon } from "./load/autocannon.ts";
import { wrk } from "./load/wrk.ts";
import { startForeignMeter } from "./measuring/foreign-load.ts";
import { openStage, type Stage } from "./measuring/stage.ts";
import { measureManyPools } from "./many-pools/many-pools.ts";
import { summarizeManyPools } from "./many-pools/many-summary.ts";
import { median } from "@penstock/figures";
import { measureIdleStreams } from "./idle-streams/idle-streams.ts";
import { summarizeIdleStreams } from "./idle-streams/idle-summary.ts";
import {
  coldTurnsPerRound,
  containerTurnsPerRound,
  roundsPerChangesTurn,
  transferTimes,
  type BenchOptions,
} from "./options.ts";
import { findProgram } from "./processes/find-program.ts";
import type { BenchResults, Measured } from "./report/bench-results.ts";
import { machineFacts } from "./report/machine.ts";
import { measureSlowClients } from "./slow-clients/slow-clients.ts";
import { summarizeStreaming } from "./streaming/streaming-summary.ts";
import { measureStreaming } from "./streaming/streaming.ts";
import { measureWalls } from "./walls/account-walls.ts";
import { summarizeWalls } from "./walls/walls-summary.ts";

/** The load under which changes are made, requests a second. */
const CHANGES_LOAD = 500;

/** Requests that come at once. */
const CROWD = 1000;

const tell = (line: string): void => void process.stderr.write(`${line}\n`);

/** Measures. Rejects soon after `signal` aborts, when everything has ended. */
export async function runBench(options: BenchOptions, signal: AbortSignal): Promise<BenchResults> {
  const natsServer = await findNatsServer({
    cacheDirectory: natsServerCacheDirectory(process.env),
    environment: process.env,
    report: (event) => {
      if (event.kind === "fetching") tell(`fetching nats-server (${event.source})`);
    },
  });
  const nginx = await findProgram("nginx", "-v");
  const engine = await engineVersion();
  const foundWrk = await findProgram("wrk", "-v");
  const load = foundWrk ? wrk(foundWrk) : autocannon;
  const facts = machineFacts({
    natsServer: natsServer.version,
    load: load.name,
    nginx: nginx?.version,
    engine,
  });
  const onStage = async <Sample, Row>(
    measure: (stage: Stage) => Promise<Sample[]>,
    summarize: (samples: readonly Sample[]) => Row[],
  ): Promise<Measured<Row, Sample>> => {
    await using stage = openStage(natsServer.path, tell);
    const readForeign = startForeignMeter();
    // What still measures when its stage is taken down can start nothing any more, and fails unheard.
    const samples = await Promise.race([measure(stage), aborted(signal)]);
    return { rows: summarize(samples), samples, foreignCores: readForeign() };
  };
  const { rounds, measurements } = options;
  const hot = measurements.includes("hot")
    ? await onStage((stage) => measureHotPath(stage, { ...options, load, nginx }), summarizeHotPath)
    : undefined;
  const cold = measurements.includes("cold")
    ? await onStage(
        (stage) => measureColdStart(stage, rounds * coldTurnsPerRound),
        summarizeColdStart,
      )
    : undefined;
  const wantsContainers = measurements.includes("containers");
  if (wantsContainers && measurements.length === 1 && engine === undefined)
    throw new Error("container starts need a Docker engine, and none answers");
  const containers =
    wantsContainers && engine !== undefined
      ? await onStage(
          (stage) => measureContainerStart(stage, rounds * containerTurnsPerRound),
          summarizeColdStart,
        )
      : undefined;
  const walls = measurements.includes("walls")
    ? await onStage((stage) => measureWalls(stage, options), summarizeWalls)
    : undefined;
  const idleStreams = measurements.includes("idle-streams")
    ? await onStage(
        (stage) => measureIdleStreams(stage, { streams: options.streams, nginx }),
        summarizeIdleStreams,
      )
    : undefined;
  const slowClients = measurements.includes("slow-clients")
    ? await onStage(
        (stage) => measureSlowClients(stage, options.attackers),
        (samples) => [...samples],
      )
    : undefined;
  const streaming = measurements.includes("streaming")
    ? await onStage(
        (stage) => measureStreaming(stage, { seconds: options.seconds * transferTimes, nginx }),
        summarizeStreaming,
      )
    : undefined;
  const changes = measurements.includes("changes")
    ? await onStage(
        (stage) =>
          measureChanges(stage, {
            requestsPerSecond: CHANGES_LOAD,
            turns: Math.ceil(rounds / roundsPerChangesTurn),
            seconds: options.seconds,
          }),
        summarizeChanges,
      )
    : undefined;
  const crowd = measurements.includes("flash-crowd")
    ? await onStage(
        (stage) => measureFlashCrowd(stage, { turns: rounds, requests: CROWD }),
        summarizeCrowds,
      )
    : undefined;
  const manyPools = measurements.includes("many-pools")
    ? await onStage((stage) => measureManyPools(stage, options.pools), summarizeManyPools)
    : undefined;
  return {
    facts,
    options,
    ...(hot && { hot }),
    ...(cold && { cold }),
    // What the engine does for us would count as others' doing: it was looked in the pauses.
    ...(containers && {
      containers: {
        ...containers,
        foreignCores: median(containers.samples.map(({ foreignCores }) => foreignCores)),
      },
    }),
    ...(walls && { walls }),
    ...(idleStreams && { idleStreams }),
    ...(slowClients && { slowClients }),
    ...(streaming && { streaming }),
    ...(changes && { changes }),
    ...(crowd && { crowd }),
    ...(manyPools && { manyPools }),
  };
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const give = (): void => reject(new Error("interrupted"));
    if (signal.aborted) give();
    signal.addEventListener("abort", give, { once: true });
  });
}
