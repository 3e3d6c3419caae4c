// Idle event streams: so many clients hold a stream open through each target, one target after the other. What
// is read is the memory before and with them, and the processor time while nothing happens. At the end one
// event goes to all: a stream that does not get it was not open.

import { setTimeout as pause } from "node:timers/promises";
import { startCpuMeter, type CpuByPart } from "../measuring/cpu-meter.ts";
import { readMemory, type MemoryByPart } from "../measuring/memory-meter.ts";
import type { Stage } from "../measuring/stage.ts";
import type { FoundProgram } from "../processes/find-program.ts";
import { openFilesMax, sendSignal } from "../processes/process-table.ts";
import { startDirect } from "../targets/direct.ts";
import { startHttpProxy } from "../targets/http-proxy.ts";
import { startNginx } from "../targets/nginx.ts";
import { startPenstockTarget } from "../targets/penstock.ts";
import type { Target, TargetName } from "../targets/target.ts";
import { StreamClients } from "./stream-clients.ts";

/** Streams that are opened and closed before anything is read: code is loaded and compiled meanwhile. */
const WARM_UP = 200;

/** After opening and after closing, for what is left to do, milliseconds. */
const SETTLE_MS = 2000;

/** How long the processor time is read, milliseconds. */
const IDLE_MS = 10_000;

/** Files that a process has beside its streams. */
const OTHER_FILES = 200;

/** How idle streams are measured. */
export interface IdleStreamsOptions {
  readonly streams: number;
  readonly nginx: FoundProgram | undefined;
}

/** The streams of one target. */
export interface IdleSample {
  readonly target: TargetName;
  /** Streams that were asked for, that opened, that got the last event, that ended before. */
  readonly asked: number;
  readonly open: number;
  readonly reached: number;
  readonly broken: number;
  /** From the first connection to the last first event; from the last event's sending to its last arrival. */
  readonly openingMs: number;
  readonly reachingMs: number;
  readonly before: MemoryByPart;
  readonly held: MemoryByPart;
  /** Microseconds per second while nothing happens. */
  readonly idleCpu: CpuByPart;
}

/** Measures; ends what it started. */
export async function measureIdleStreams(
  stage: Stage,
  { streams, nginx }: IdleStreamsOptions,
): Promise<IdleSample[]> {
  // Each has an application of its own: one that had streams before has memory left over.
  const direct = () => startDirect(stage, "streams");
  const targets = [
    await direct(),
    ...(nginx ? [await startNginx(stage, await direct(), nginx.executable)] : []),
    await startHttpProxy(stage, await direct(), 0),
    await startPenstockTarget(stage, "streams", streams),
  ];
  const samples: IdleSample[] = [];
  for (const target of targets) {
    // A proxy has two connections for each stream.
    const connections = target.name === "nginx" || target.name === "http-proxy" ? 2 : 1;
    const asked = Math.min(streams, Math.floor((openFilesMax() - OTHER_FILES) / connections));
    stage.tell(`idle streams: ${asked} through ${target.name}`);
    await holdStreams(stage, target, WARM_UP, async () => {});
    await pause(SETTLE_MS);
    samples.push(await measureTarget(stage, target, asked));
    await pause(SETTLE_MS);
  }
  return samples;
}

async function measureTarget(stage: Stage, target: Target, asked: number): Promise<IdleSample> {
  const before = readMemory(target.parts());
  const began = performance.now();
  return holdStreams(stage, target, asked, async (clients) => {
    const openingMs = performance.now() - began;
    await pause(SETTLE_MS);
    const readCpu = startCpuMeter(target.parts());
    await pause(IDLE_MS);
    const idleCpu = perSecond(readCpu());
    const held = readMemory(target.parts());
    const sent = performance.now();
    const { open } = clients;
    for (const pid of applicationPids(target)) sendSignal(pid, "SIGUSR2");
    await clients.untilReached();
    const reachingMs = performance.now() - sent;
    const { reached, broken } = clients;
    const { name } = target;
    return {
      target: name,
      asked,
      open,
      reached,
      broken,
      openingMs,
      reachingMs,
      before,
      held,
      idleCpu,
    };
  });
}

async function holdStreams<Result>(
  stage: Stage,
  { port }: Target,
  count: number,
  meanwhile: (clients: StreamClients) => Promise<Result>,
): Promise<Result> {
  await using clients = await stage.hold(async () => new StreamClients());
  await clients.openAll(port, count);
  return await meanwhile(clients);
}

/** The processes in which the application runs. */
function applicationPids({ parts }: Target): readonly number[] {
  const all = parts();
  return all.get("worker") ?? all.get("app") ?? [];
}

function perSecond(cpu: CpuByPart): CpuByPart {
  const seconds = IDLE_MS / 1000;
  return Object.fromEntries(Object.entries(cpu).map(([part, used]) => [part, used / seconds]));
}
