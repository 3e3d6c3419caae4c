// The machine's processes, as far as they belong to one test. A process belongs to a folder when it runs in
// it, names it on its command line or carries it in its environment: whatever Penstock starts for a test
// does at least one of these, however far it is from its parent.

import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** A process that runs. */
export interface FoundProcess {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** The processes that belong to a folder, this one left out. */
export function processesOf(folder: string): FoundProcess[] {
  return pids()
    .filter((pid) => pid !== process.pid && belongsTo(pid, folder))
    .map((pid) => ({ pid, parent: parentOf(pid), command: commandOf(pid) }));
}

/** The pids of the children of a process whose command line contains `text`. */
export function childrenOf(pid: number, text: string): number[] {
  return pids().filter((other) => parentOf(other) === pid && commandOf(other).includes(text));
}

/** True while a process of this pid runs. */
export function isRunning(pid: number): boolean {
  return !["", "Z", "X"].includes(statOf(pid)[0] ?? "");
}

/** What a process does, in /proc's letter: `T` while it is stopped. "" when there is none of this pid. */
export function stateOf(pid: number): string {
  return statOf(pid)[0] ?? "";
}

/** True once a process has a handler for SIGHUP: before, that signal would end it. */
export function hearsHangUp(pid: number): boolean {
  const [, caught = "0"] = /^SigCgt:\s+([\da-f]+)$/m.exec(read(`/proc/${pid}/status`)) ?? [];
  return (BigInt(`0x${caught}`) & 1n) === 1n;
}

/** Memory that a process holds now and held at most, bytes. */
export function memoryOf(pid: number): { readonly now: number; readonly peak: number } {
  const status = read(`/proc/${pid}/status`);
  const bytes = (key: string): number =>
    1024 * Number(new RegExp(`^${key}:\\s+(\\d+) kB$`, "m").exec(status)?.[1] ?? Number.NaN);
  return { now: bytes("VmRSS"), peak: bytes("VmHWM") };
}

function belongsTo(pid: number, folder: string): boolean {
  if (!isRunning(pid)) return false;
  return (
    workingDirectoryOf(pid).startsWith(folder) ||
    commandOf(pid).includes(folder) ||
    read(`/proc/${pid}/environ`).includes(folder)
  );
}

function pids(): number[] {
  return readdirSync("/proc").map(Number).filter(Number.isSafeInteger);
}

function commandOf(pid: number): string {
  return read(`/proc/${pid}/cmdline`).replaceAll("\0", " ").trim();
}

function parentOf(pid: number): number {
  return Number(statOf(pid)[1] ?? 0);
}

/** The fields of /proc/<pid>/stat from the state on. */
function statOf(pid: number): string[] {
  const stat = read(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

function workingDirectoryOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return "";
  }
}

/** "" for a process that has just ended. */
function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
