// The process table, as far as the bench needs it: who descends from whom, what a process was started as,
// how much processor time it had. From /proc; where there is none, nothing is known and nothing is shown.

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { sep } from "node:path";

/** A line of the process table. */
export interface ListedProcess {
  readonly pid: number;
  readonly parent: number;
}

/** What `/proc/<pid>/stat` says. */
export interface ProcessStat {
  readonly parent: number;
  /** It was stopped by a signal, as a suspended worker is. */
  readonly stopped: boolean;
  /** User and system time of all threads, clock ticks. */
  readonly cpuTicks: number;
  /** The same of its children that have ended, and of theirs. */
  readonly endedChildrenTicks: number;
}

/** Memory of a process, bytes. */
export interface ProcessMemory {
  /** What of it is in memory. */
  readonly rss: number;
  /** The same, with what it shares with others divided among them. */
  readonly pss: number;
}

/** Reads the text of a `stat` file; undefined when it is none. */
export function parseStat(text: string): ProcessStat | undefined {
  // The second field is the command in parentheses and may hold anything: count from behind it.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  if (fields.length < 20) return undefined;
  const [user = 0, system = 0, childrenUser = 0, childrenSystem = 0] = fields
    .slice(11, 15)
    .map(Number);
  return {
    parent: Number(fields[1]),
    stopped: fields[0] === "T",
    cpuTicks: user + system,
    endedChildrenTicks: childrenUser + childrenSystem,
  };
}

/** All processes below `ancestor`, parents before their children. */
export function descendantsOf(ancestor: number): ListedProcess[] {
  return belowOf(ancestor, listProcesses());
}

/** The part of `processes` that is below `ancestor`, parents before their children. */
export function belowOf(ancestor: number, processes: readonly ListedProcess[]): ListedProcess[] {
  const children = processes.filter(({ parent }) => parent === ancestor);
  return [...children, ...children.flatMap(({ pid }) => belowOf(pid, processes))];
}

/** All processes whose working directory is `folder` or below it, even when that is removed already. */
export function processesWithin(folder: string): number[] {
  return pidsOfAll().filter((pid) => {
    try {
      return `${readlinkSync(`/proc/${pid}/cwd`)}${sep}`.startsWith(`${folder}${sep}`);
    } catch {
      // It is gone, or it is somebody else's.
      return false;
    }
  });
}

/** The program and the arguments of a process; empty when it is gone. */
export function argumentsOf(pid: number): string[] {
  return readText(`/proc/${pid}/cmdline`).split("\0").slice(0, -1);
}

/** Whether a process was stopped by a signal; false where nothing is known. */
export function isStopped(pid: number): boolean {
  return parseStat(readText(`/proc/${pid}/stat`))?.stopped ?? false;
}

/** Processor time of a process since it started, microseconds; undefined when it is not known. */
export function cpuTimeOf(pid: number): number | undefined {
  const stat = parseStat(readText(`/proc/${pid}/stat`));
  return stat && (stat.cpuTicks / ticksPerSecond()) * 1e6;
}

/** The same with what its ended children used. */
export function totalCpuTimeOf(pid: number): number | undefined {
  const stat = parseStat(readText(`/proc/${pid}/stat`));
  return stat && ((stat.cpuTicks + stat.endedChildrenTicks) / ticksPerSecond()) * 1e6;
}

/** The memory of a process, bytes; undefined when it is not known. */
export function memoryOf(pid: number): ProcessMemory | undefined {
  return parseMemory(readText(`/proc/${pid}/smaps_rollup`));
}

/** Reads the text of a `smaps_rollup` file; undefined when it is none. */
export function parseMemory(text: string): ProcessMemory | undefined {
  const [rss, pss] = ["Rss", "Pss"].map(
    (field) => new RegExp(`^${field}: +(\\d+) kB$`, "m").exec(text)?.[1],
  );
  if (rss === undefined || pss === undefined) return undefined;
  return { rss: Number(rss) * 1024, pss: Number(pss) * 1024 };
}

/** The most open files that this process, and so those that it starts, may have; Infinity where it is not known. */
export function openFilesMax(): number {
  const found = /^Max open files +\d+ +(\d+)/m.exec(readText("/proc/self/limits"))?.[1];
  return found === undefined ? Infinity : Number(found);
}

/** Sends a signal. Does nothing when the process is gone. */
export function sendSignal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It is gone, which is what was wanted.
  }
}

function listProcesses(): ListedProcess[] {
  return pidsOfAll().flatMap((pid) => {
    const stat = parseStat(readText(`/proc/${pid}/stat`));
    return stat ? [{ pid, parent: stat.parent }] : [];
  });
}

function pidsOfAll(): number[] {
  try {
    return readdirSync("/proc").map(Number).filter(Number.isSafeInteger);
  } catch {
    return [];
  }
}

let knownTicks: number | undefined;

/** The kernel's unit of time for programs: 100 on every common Linux. */
function ticksPerSecond(): number {
  try {
    knownTicks ??= Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));
  } catch {
    knownTicks = 100;
  }
  return knownTicks;
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
