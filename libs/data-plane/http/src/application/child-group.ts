// A command as a process group of its own: a terminal's Ctrl-C reaches the worker and not the command
// behind it (the worker drains first), and what the command started in turn ends with it. The command must
// not outlive the worker either, however that ends: a small shell holds the other end of a pipe, and when
// the worker is gone it kills the group.

import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { NEVER_SUSPENDED } from "@penstock/domain";
import { readProcessTable } from "./process-table.ts";

/** How a command ended: by itself with a code, or by a signal. */
export interface CommandExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** What is run. */
export interface ChildProgram {
  readonly program: string;
  readonly arguments: readonly string[];
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** How often the end of a group is looked for: no event tells of it. */
const groupPollMs = 20;

/** A running process group. */
export class ChildGroup {
  readonly pid: number;
  /** Settles when the first process of the group ends. Never rejects. */
  readonly exited: Promise<CommandExit>;

  readonly #guard: ChildProcess;
  #leaderEnded = false;
  #gone = false;

  private constructor(child: ChildProcess, pid: number) {
    this.pid = pid;
    this.#guard = guardAgainstOrphans(pid);
    this.exited = once(child, "exit").then((ended: unknown[]) => {
      const [code, signal] = ended as [number | null, NodeJS.Signals | null];
      this.#leaderEnded = true;
      // Its number may belong to others from now on.
      this.#gone = !this.#signal(0);
      if (this.#gone) this.#guard.kill("SIGKILL");
      return { code, signal };
    });
  }

  /** Starts the group. Rejects with Node's error when the program cannot be run. */
  static async spawn(run: ChildProgram): Promise<ChildGroup> {
    const child = spawn(run.program, [...run.arguments], {
      cwd: run.directory,
      env: run.environment,
      stdio: ["ignore", "inherit", "inherit"],
      detached: true,
    });
    await once(child, "spawn");
    return new ChildGroup(child, child.pid as number);
  }

  /** Asks the group to end, and kills what is left of it after `limitMs`. */
  async stop(limitMs: number): Promise<void> {
    if (this.#gone) return;
    this.#signal("SIGTERM");
    const deadline = performance.now() + limitMs;
    while (performance.now() < deadline && (await this.#runs())) await delay(groupPollMs);
    if (!this.#gone) this.#signal("SIGKILL");
    await this.exited;
    this.#guard.kill("SIGKILL");
  }

  /**
   * True while a process of the group runs. An ended one whose parent never asks for its code stays in the
   * group for good (in a container without an init): it does not count.
   */
  async #runs(): Promise<boolean> {
    if (this.#gone || !this.#signal(0)) return false;
    if (!this.#leaderEnded) return true;
    const members = (await readProcessTable()).filter((entry) => entry.group === this.pid);
    return members.some((entry) => !entry.zombie);
  }

  #signal(signal: NodeJS.Signals | 0): boolean {
    try {
      process.kill(-this.pid, signal);
      return true;
    } catch {
      return false;
    }
  }
}

/** `read` ends when the pipe does, and the pipe ends with this process. No shell, no guard. */
function guardAgainstOrphans(group: number): ChildProcess {
  const guard = spawn("/bin/sh", ["-c", 'read -r _; kill -s KILL -- "-$0"', String(group)], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
    // It must be there to end the group also when the worker is killed while all of it is frozen.
    env: { [NEVER_SUSPENDED]: "1" },
  });
  guard.on("error", () => {});
  guard.stdin.on("error", () => {});
  guard.unref();
  (guard.stdin as unknown as { unref(): void }).unref();
  return guard;
}
