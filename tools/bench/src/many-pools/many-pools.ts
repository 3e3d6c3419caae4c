// Thousands of pools at zero, each with a URL group of its own, against one pool: what they cost while nothing
// happens, and whether what happens to one of them takes longer for the others' sake. See docs/bench.md.

import { setTimeout as pause } from "node:timers/promises";
import { freePorts } from "@penstock/testing";
import { applicationFile, expectedBody } from "../applications/application.ts";
import { startCpuMeter, type CpuByPart } from "../measuring/cpu-meter.ts";
import { readMemory, type MemoryByPart } from "../measuring/memory-meter.ts";
import type { Stage } from "../measuring/stage.ts";
import { firstAnswer } from "../processes/first-answer.ts";
import { AdminPort, untilWorkers } from "../targets/admin-port.ts";
import { penstockParts } from "../targets/penstock-parts.ts";
import {
  configurationText,
  startPenstock,
  type PoolNotation,
  type RunningPenstock,
} from "../targets/penstock.ts";
import { readScrape, type Scrape } from "./scrape.ts";

/** After the start and between cold starts, for what is left to do, milliseconds. */
const SETTLE_MS = 2000;

/** How long the processor time is read, milliseconds. */
const IDLE_MS = 10_000;

/** Cold starts of each kind; one more before them finds empty compile caches and is not counted. */
const STARTS = 6;

/** A first answer that is not there by then never comes, milliseconds. */
const ANSWER_LIMIT_MS = 30_000;

/** A start that is not done by then never is, milliseconds. */
const READY_LIMIT_MS = 300_000;

/** One number of pools. */
export interface ManyPoolsSample {
  readonly pools: number;
  /** From the start of `penstock up` until the listener is ready. */
  readonly readyMs: number;
  readonly memory: MemoryByPart;
  /** Microseconds per second while nothing happens. */
  readonly idleCpu: CpuByPart;
  /** Cold starts, of pools here and there, the last one first. */
  readonly firstMs: readonly number[];
  /** Answers that were not the application's. */
  readonly wrong: number;
  /** From sending a configuration in which one pool is another until it is in force, and what it used. */
  readonly reloadMs: number;
  readonly reloadCpu: CpuByPart;
  /** Changes that the reload made: one was asked for. */
  readonly changes: number;
  readonly scrapes: Readonly<Record<"controller" | "listener", Scrape>>;
  /** From SIGTERM until `penstock up` has gone with all that it started. */
  readonly stopMs: number;
  /** Null when it had to be killed. */
  readonly exitCode: number | null;
}

/** Measures one pool, then so many. */
export async function measureManyPools(stage: Stage, pools: number): Promise<ManyPoolsSample[]> {
  const samples: ManyPoolsSample[] = [];
  for (const count of [1, pools]) {
    stage.tell(`many pools: ${count}`);
    samples.push(await measureCount(stage, count));
  }
  return samples;
}

async function measureCount(stage: Stage, count: number): Promise<ManyPoolsSample> {
  const [port = 0] = await freePorts(1);
  const pools = notations(count, port);
  const began = performance.now();
  const penstock = await startPenstock(stage, `pools-${count}`, pools, {
    readyLimitMs: READY_LIMIT_MS,
  });
  const readyMs = performance.now() - began;
  await pause(SETTLE_MS);
  const parts = penstockParts(penstock.process.pid, penstock.state);
  const readIdle = startCpuMeter(parts);
  await pause(IDLE_MS);
  const idleCpu = scaled(readIdle(), 1000 / IDLE_MS);
  const memory = readMemory(parts);
  const admin = new AdminPort(penstock.adminPort, penstock.state);
  const { firstMs, wrong } = await startCold(admin, asked(count), port);
  const readReload = startCpuMeter(parts);
  const { reloadMs, changes } = await reloadOne(admin, pools);
  const reloadCpu = readReload();
  const scrapes = {
    controller: await readScrape(penstock.adminPort),
    listener: await readScrape(penstock.operationsPort),
  };
  return {
    pools: count,
    readyMs,
    memory,
    idleCpu,
    firstMs,
    wrong,
    reloadMs,
    reloadCpu,
    changes,
    scrapes,
    ...(await stop(penstock)),
  };
}

function notations(count: number, port: number): Record<string, PoolNotation> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index): [string, PoolNotation] => [
      nameOf(index),
      {
        urls: [`http://+:${port}/${nameOf(index)}/`],
        module: applicationFile("handler"),
        processModel: { idleTimeout: "1s" },
      },
    ]),
  );
}

function nameOf(index: number): string {
  return `p${index}`;
}

/** Pools to be asked: the last one twice, since the first answer of all is not counted, then here and there. */
function asked(count: number): number[] {
  const spread = Array.from({ length: STARTS }, (_, turn) =>
    Math.floor(((count - 1) * (STARTS - turn)) / STARTS),
  );
  return [count - 1, ...spread];
}

async function startCold(
  admin: AdminPort,
  pools: readonly number[],
  port: number,
): Promise<Pick<ManyPoolsSample, "firstMs" | "wrong">> {
  const firstMs: number[] = [];
  let wrong = 0;
  for (const pool of pools) {
    const began = performance.now();
    const answer = await firstAnswer({ port, path: `/${nameOf(pool)}/` }, ANSWER_LIMIT_MS);
    firstMs.push(performance.now() - began);
    if (answer.status !== 200 || answer.body !== expectedBody) wrong++;
    await untilWorkers([admin], "a pool at zero", (workers) => workers.length === 0);
    await pause(SETTLE_MS);
  }
  return { firstMs: firstMs.slice(1), wrong };
}

async function reloadOne(
  admin: AdminPort,
  pools: Readonly<Record<string, PoolNotation>>,
): Promise<Pick<ManyPoolsSample, "reloadMs" | "changes">> {
  const names = Object.keys(pools);
  const name = names[Math.floor(names.length / 2)] ?? nameOf(0);
  const other = {
    ...pools,
    [name]: { ...pools[name], urls: pools[name]?.urls ?? [], queueLength: 500 },
  };
  const began = performance.now();
  const answer = await admin.post("config/apply", configurationText(other));
  const reloadMs = performance.now() - began;
  const { changes } = JSON.parse(answer) as { readonly changes: readonly unknown[] };
  return { reloadMs, changes: changes.length };
}

async function stop({ process }: RunningPenstock): Promise<{
  readonly stopMs: number;
  readonly exitCode: number | null;
}> {
  const began = performance.now();
  await process.stop();
  const stopMs = performance.now() - began;
  return { stopMs, exitCode: await process.exited };
}

function scaled(cpu: CpuByPart, factor: number): CpuByPart {
  return Object.fromEntries(Object.entries(cpu).map(([part, used]) => [part, used * factor]));
}
