// The cold start: the first request of a pool at zero, against starting the same application by hand. Both
// are timed by the same client: from the start (of the request, of the process) to the last byte of the
// answer. Each turn measures every way once, in rotating order, and goes on when all of it is gone again.
//
//   way               what happens
//   ---------------   --------------------------------------------------------------------------------
//   penstock          a request arrives, the pool's queue tells the controller, a worker starts (with
//                     a compile cache, as always), takes it and answers
//   penstock, asleep  the same of a pool that suspends its idle worker: it is woken, and answers
//   node              `node listen.mjs`, connecting every millisecond until it listens, one request
//   node, cached      the same with NODE_COMPILE_CACHE

import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import {
  applicationFile,
  expectedBody,
  listenArguments,
  type ApplicationName,
} from "../applications/application.ts";
import type { Stage } from "../measuring/stage.ts";
import { rotated } from "@penstock/figures";
import { isStopped } from "../processes/process-table.ts";
import { firstAnswer } from "../processes/first-answer.ts";
import { freePorts } from "@penstock/testing";
import { workerIds, workerPids } from "../targets/penstock-parts.ts";
import { startPenstock, type RunningPenstock } from "../targets/penstock.ts";

/** A way to start an application. */
export type ColdWay = "penstock" | "penstock, asleep" | "node" | "node, cached";

/** One start. */
export interface ColdSample {
  /** From 0 on; the first turn, with empty caches, is -1. */
  readonly turn: number;
  readonly application: ApplicationName;
  readonly way: ColdWay;
  readonly milliseconds: number;
}

/** How long an answer, or the way back to zero, may take, milliseconds. */
const LIMIT_MS = 15_000;

/** How long a turn may take on average; most take 2.5 s. A machine that is slower gets fewer turns, milliseconds. */
const TURN_LIMIT_MS = 4000;

/** How soon a pool goes back to zero: long enough that it is not under way while the answer is read. */
const IDLE_TIMEOUT = "200ms";

/** Between the end of one start and the next, for what a dying process leaves to do, milliseconds. */
const SETTLE_MS = 100;

const applications: readonly ApplicationName[] = ["fastify", "handler"];

/** Starts an application, waits for its answer and for its end. Resolves with the milliseconds to the answer. */
type Start = () => Promise<number>;

/** Measures; ends what it started. */
export async function measureColdStart(stage: Stage, turns: number): Promise<ColdSample[]> {
  const ports = await freePorts(2 * applications.length);
  const sleeperPorts = ports.splice(applications.length);
  const penstock = await startPools(stage, "cold", ports, "Terminate");
  const sleepers = await startPools(stage, "asleep", sleeperPorts, "Suspend");
  const samples: ColdSample[] = [];
  const latest = performance.now() + turns * TURN_LIMIT_MS;
  for (let turn = -1; turn < turns && performance.now() < latest; turn++) {
    stage.tell(turn < 0 ? "cold start: first turn" : `cold start: turn ${turn + 1} of ${turns}`);
    for (const [index, application] of applications.entries()) {
      const starts: [ColdWay, Start][] = [
        ["penstock", () => startByRequest(penstock, ports[index] ?? 0)],
        ["penstock, asleep", () => wakeByRequest(sleepers, sleeperPorts[index] ?? 0)],
        ["node", () => startByHand(stage, application, ownEnvironment())],
        ["node, cached", () => startByHand(stage, application, cachedEnvironment(stage))],
      ];
      for (const [way, start] of rotated(starts, Math.max(0, turn))) {
        samples.push({ turn, application, way, milliseconds: await start() });
        await pause(SETTLE_MS);
      }
    }
  }
  return samples;
}

function startPools(
  stage: Stage,
  name: string,
  ports: readonly number[],
  idleTimeoutAction: "Terminate" | "Suspend",
): Promise<RunningPenstock> {
  const pools = applications.map((application, index) => [
    application,
    {
      urls: [`http://+:${ports[index]}/`],
      module: applicationFile(application),
      processModel: { maxProcesses: 1, idleTimeout: IDLE_TIMEOUT, idleTimeoutAction },
    },
  ]);
  return startPenstock(stage, name, Object.fromEntries(pools));
}

async function startByRequest(penstock: RunningPenstock, port: number) {
  const milliseconds = await timeAnswer(port, penstock.process.name);
  // A worker's record goes when the worker has gone.
  await until(penstock, "go back to zero", () => workerIds(penstock.state).length === 0);
  return milliseconds;
}

async function wakeByRequest(penstock: RunningPenstock, port: number) {
  const milliseconds = await timeAnswer(port, penstock.process.name);
  await until(penstock, "fall asleep", () => workerPids(penstock.state).every(isStopped));
  return milliseconds;
}

async function until({ process: up }: RunningPenstock, what: string, isSo: () => boolean) {
  const latest = performance.now() + LIMIT_MS;
  while (!isSo()) {
    if (performance.now() > latest)
      throw new Error(`a pool did not ${what} within ${LIMIT_MS} ms:\n${up.output}`);
    await pause(5);
  }
}

async function startByHand(
  { processes }: Stage,
  application: ApplicationName,
  environment: NodeJS.ProcessEnv,
): Promise<number> {
  const [port = 0] = await freePorts(1);
  const startedAt = performance.now();
  const server = processes.start({
    name: `the application ${application}`,
    executable: process.execPath,
    arguments: listenArguments(application, port),
    environment,
  });
  const milliseconds = await timeAnswer(port, server.name, startedAt);
  await server.stop();
  return milliseconds;
}

async function timeAnswer(port: number, of: string, startedAt = performance.now()) {
  const { status, body } = await firstAnswer({ port, path: "/" }, LIMIT_MS);
  const milliseconds = performance.now() - startedAt;
  if (status !== 200 || body !== expectedBody) throw new Error(`${of} answers ${status} ${body}`);
  return milliseconds;
}

/** What a worker of Penstock inherits, and nothing else: other settings of Node would make starts unequal. */
function ownEnvironment(): NodeJS.ProcessEnv {
  const names = ["PATH", "HOME", "LANG", "TZ", "TMPDIR"];
  return Object.fromEntries(names.map((name) => [name, process.env[name]]));
}

function cachedEnvironment({ folder }: Stage): NodeJS.ProcessEnv {
  return { ...ownEnvironment(), NODE_COMPILE_CACHE: join(folder, "compile-cache") };
}
