// The machine's process table, as far as worker processes need it: is it still the same process, which
// ones belong to its group, end them all. Linux answers from /proc; elsewhere `ps` is asked, which is
// slower and only meant for a developer's machine.

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { parseProcessFacts, type ProcessFacts } from "./process-facts.ts";
import { membersOf } from "./process-tree.ts";

const bootId = readText("/proc/sys/kernel/random/boot_id").trim();

/** A process, told apart from every other one that has or had its pid. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Opaque; as {@link startTimeOf} gave it. */
  readonly startTime: string;
}

/** A mark of when this pid was started; undefined when there is no such process. */
export function startTimeOf(pid: number): string | undefined {
  if (process.platform !== "linux") return askPs(pid)?.startTime;
  const facts = factsOf(pid);
  return facts && markOf(facts);
}

/** True while this very process lives. One that ended and was not waited for does not. */
export function isAlive({ pid, startTime }: ProcessIdentity): boolean {
  if (process.platform !== "linux") {
    const answer = askPs(pid);
    return answer !== undefined && !answer.ended && answer.startTime === startTime;
  }
  const facts = factsOf(pid);
  return facts !== undefined && !facts.ended && markOf(facts) === startTime;
}

/** True while this process is stopped (SIGSTOP). */
export function isStopped({ pid }: ProcessIdentity): boolean {
  if (process.platform !== "linux") return askPs(pid)?.stopped ?? false;
  return factsOf(pid)?.stopped ?? false;
}

/** A process of a {@link treeOf}. */
export interface TreeMember {
  readonly pid: number;
  readonly stopped: boolean;
}

/**
 * A process and everything that it started, directly or not: its descendants, and whoever is in a session of
 * one of them (a daemon that gave up its parent). Empty where there is no /proc.
 */
export function treeOf(root: number): readonly TreeMember[] {
  const table = new Map<number, ProcessFacts>();
  for (const name of processNumbers()) {
    const facts = factsOf(name);
    if (facts && !facts.ended) table.set(name, facts);
  }
  return membersOf(root, table).map((pid) => ({ pid, stopped: table.get(pid)?.stopped ?? false }));
}

/** True when a process was started with this variable in its environment. */
export function hasVariable(pid: number, name: string): boolean {
  return readText(`/proc/${pid}/environ`)
    .split("\0")
    .some((each) => each.startsWith(`${name}=`));
}

/** Sends SIGKILL to every process of a group. Does nothing when there is none (any more). */
export function killGroup(group: number): void {
  signal(-group, "SIGKILL");
}

/** Sends a signal. Does nothing when the process is gone. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // ESRCH: it is gone. EPERM: the number belongs to someone else by now.
  }
}

/**
 * Ends what a process left in its group when it died while nobody looked. The number may have been given
 * away since, so only those are ended that are in its session as well and were started after it.
 */
export function killOrphansOf(leader: ProcessIdentity): void {
  const [boot, startTicks] = leader.startTime.split("/");
  if (process.platform !== "linux" || boot !== bootId) return;
  for (const pid of processNumbers()) {
    const facts = factsOf(pid);
    if (!facts || facts.group !== leader.pid || facts.session !== leader.pid) continue;
    if (pid !== leader.pid && facts.startTicks >= Number(startTicks)) signal(pid, "SIGKILL");
  }
}

function processNumbers(): number[] {
  try {
    return readdirSync("/proc").map(Number).filter(Number.isSafeInteger);
  } catch {
    return [];
  }
}

// Ticks begin anew with each start of the machine, and so do pids.
function markOf(facts: ProcessFacts): string {
  return `${bootId}/${facts.startTicks}`;
}

function factsOf(pid: number): ProcessFacts | undefined {
  return parseProcessFacts(readText(`/proc/${pid}/stat`));
}

function askPs(pid: number): { ended: boolean; stopped: boolean; startTime: string } | undefined {
  try {
    const printed = execFileSync("ps", ["-o", "state=,lstart=", "-p", String(pid)], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
    const [state = "", ...startTime] = printed.split(/\s+/);
    if (state === "") return undefined;
    const [ended, stopped] = [state.startsWith("Z"), state.startsWith("T")];
    return { ended, stopped, startTime: startTime.join(" ") };
  } catch {
    return undefined;
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}
