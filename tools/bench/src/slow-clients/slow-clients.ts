// An attack of slow clients on one pool, while well-behaved clients ask that pool and another one 100 times a
// second each: before, during and after it. The time limits are shorter than the defaults, so that all of them
// pass while it is looked at.

import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePorts } from "@penstock/testing";
import { applicationFile } from "../applications/application.ts";
import type { LoadResult } from "../load/load-generator.ts";
import { resultOf } from "../load/result-of.ts";
import { readMemory, type MemoryByPart } from "../measuring/memory-meter.ts";
import type { Stage } from "../measuring/stage.ts";
import { untilServing } from "../processes/until-serving.ts";
import { penstockParts } from "../targets/penstock-parts.ts";
import { startPenstock, type RunningPenstock } from "../targets/penstock.ts";
import { Attackers, type Attack } from "./attackers.ts";
import { added, readRefusals, type ByReason } from "./refusals.ts";

const loadProgram = fileURLToPath(new URL("./steady-load-process.ts", import.meta.url));

/** Of the well-behaved clients of each pool, a second. */
const RATE = 100;

/** How long each phase is measured. */
const phaseSeconds = { before: 15, during: 60, after: 15 } as const;

/** From the first attacker to the begin of the measurement, and from the last one's end, milliseconds. */
const SETTLE_MS = 3000;

const MEMORY_LOOK_MS = 500;

const WARM_UP_SECONDS = 1;

const timeouts = {
  headerWait: "10s",
  entityBody: "10s",
  idleConnection: "10s",
  drainEntityBody: "10s",
  minSendRate: "64KiB",
};

/** A phase. */
export type Phase = keyof typeof phaseSeconds;

/** The well-behaved clients of one pool in one phase. */
export interface BehavedSample {
  readonly phase: Phase;
  readonly pool: "attacked" | "other";
  readonly load: LoadResult;
}

/** The run. */
export interface AttackSample {
  readonly attackers: number;
  readonly behaved: readonly BehavedSample[];
  readonly cutOff: Readonly<Record<Attack, number>>;
  readonly reasons: ByReason;
  /** The highest that was seen in each phase. */
  readonly memory: Readonly<Record<Phase, MemoryByPart>>;
}

/** Measures; ends what it started. */
export async function measureSlowClients(stage: Stage, attackers: number): Promise<AttackSample[]> {
  const [port = 0] = await freePorts(1);
  const running = await startPools(stage, port, attackers);
  const measure = (phase: Phase, seconds: number = phaseSeconds[phase]) =>
    measurePhase(stage, running, { port, phase, seconds });
  stage.tell("slow clients: before");
  await measure("before", WARM_UP_SECONDS);
  const before = await measure("before");
  const reasonsBefore = await readRefusals(running.operationsPort);
  stage.tell(`slow clients: ${attackers} attackers`);
  const { during, cutOff } = await attacked(stage, port, attackers, () => measure("during"));
  const reasons = added(reasonsBefore, await readRefusals(running.operationsPort));
  stage.tell("slow clients: after");
  await pause(SETTLE_MS);
  const after = await measure("after");
  const memory = { before: before.memory, during: during.memory, after: after.memory };
  const behaved = [...before.behaved, ...during.behaved, ...after.behaved];
  return [{ attackers, behaved, cutOff, reasons, memory }];
}

async function startPools(stage: Stage, port: number, attackers: number): Promise<RunningPenstock> {
  const pool = (path: string) => ({
    urls: [`http://+:${port}${path}`],
    module: applicationFile("streams"),
    // A slow request holds a slot of its pool: there are enough for all.
    concurrency: Math.min(10_000, attackers + 256),
    processModel: { maxProcesses: 1 },
  });
  const pools = { attacked: pool("/attacked/"), other: pool("/") };
  const running = await startPenstock(stage, "slow", pools, {
    urlGroups: { attacked: { timeouts } },
    settings: { PENSTOCK_HEADER_WAIT: "10s" },
  });
  await untilServing(running.process, port);
  return running;
}

interface Measured {
  readonly behaved: BehavedSample[];
  readonly memory: MemoryByPart;
}

async function attacked(
  stage: Stage,
  port: number,
  count: number,
  measure: () => Promise<Measured>,
): Promise<{ during: Measured; cutOff: Readonly<Record<Attack, number>> }> {
  await using attackers = await stage.hold(async () => new Attackers(port, count));
  await pause(SETTLE_MS);
  const during = await measure();
  return { during, cutOff: attackers.cutOff };
}

async function measurePhase(
  { processes }: Stage,
  { process: up, state }: RunningPenstock,
  how: { readonly port: number; readonly phase: Phase; readonly seconds: number },
): Promise<Measured> {
  const { port, phase, seconds } = how;
  let memory: MemoryByPart = {};
  const look = (): void =>
    void (memory = highest(memory, readMemory(penstockParts(up.pid, state))));
  const looks = setInterval(look, MEMORY_LOOK_MS);
  const ask = async (pool: "attacked" | "other", path: string): Promise<BehavedSample> => {
    const load = await resultOf<LoadResult>(processes, "steady load", loadProgram, [
      port,
      path,
      RATE,
      seconds,
    ]);
    return { phase, pool, load };
  };
  try {
    const behaved = await Promise.all([ask("attacked", "/attacked/"), ask("other", "/")]);
    look();
    return { behaved, memory };
  } finally {
    clearInterval(looks);
  }
}

function highest(one: MemoryByPart, other: MemoryByPart): MemoryByPart {
  const parts = Object.entries(other).map(([part, { rss, pss }]) => {
    const before = one[part] ?? { rss: 0, pss: 0 };
    return [part, { rss: Math.max(rss, before.rss), pss: Math.max(pss, before.pss) }] as const;
  });
  return Object.fromEntries(parts);
}
