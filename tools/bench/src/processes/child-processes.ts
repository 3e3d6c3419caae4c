// Every process that the bench starts, so that every one of them ends: in order when the bench ends, and at
// once when it is cut short. Each is in a process group of its own, out of reach of the terminal's Ctrl-C:
// the bench hears it and stops them. Each works in the folder of the run, as do those that it starts in its
// turn: what is still there at the end is known by that, whoever its parent is by then.

import { spawn, type ChildProcess } from "node:child_process";
import { descendantsOf, processesWithin, sendSignal } from "./process-table.ts";

/** How long a process may take to go before it and all below it are killed, milliseconds. */
const STOP_LIMIT_MS = 20_000;

/** What is kept of a process's output for the message when it fails, characters. */
const OUTPUT_KEPT = 4000;

/** What to start. */
export interface Command {
  /** What messages call it. */
  readonly name: string;
  readonly executable: string;
  readonly arguments: readonly string[];
  readonly environment?: NodeJS.ProcessEnv;
  /** Keeps all of its output, for a program that prints a result. */
  readonly keepOutput?: boolean;
}

/** A process that was started here. */
export interface StartedProcess {
  readonly name: string;
  readonly pid: number;
  /** What it wrote to both outputs: the end of it, or all of it with `keepOutput`. */
  readonly output: string;
  /** Its exit code, null after a signal. Rejects when it could not be run at all. */
  readonly exited: Promise<number | null>;
  /** Asks it to go (SIGTERM) and waits until it has gone; kills it and all below it when that takes too long. */
  stop(): Promise<void>;
}

/** The processes of this run. Disposing stops them, last one first; none can be started after that. */
export class ChildProcesses implements AsyncDisposable {
  readonly #folder: string;
  readonly #living = new Set<Child>();
  #closed = false;

  /** `folder` is where they work: absolute, without symbolic links, and of this run alone. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Starts a process. Throws after disposal has begun: whoever is still measuring then has to end. */
  start(command: Command): StartedProcess {
    if (this.#closed) throw new Error(`the run is over, ${command.name} is not started`);
    const child = new Child(command, this.#folder);
    this.#living.add(child);
    const forget = () => void this.#living.delete(child);
    child.exited.then(forget, forget);
    return child;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    for (const child of [...this.#living].toReversed()) await child.stop();
    this.killNow();
  }

  /** Kills everything that is left, without waiting. */
  killNow(): void {
    this.#closed = true;
    for (const child of this.#living) child.killTree();
    for (const pid of processesWithin(this.#folder)) sendSignal(pid, "SIGKILL");
  }
}

class Child implements StartedProcess {
  readonly name: string;
  readonly exited: Promise<number | null>;
  readonly #child: ChildProcess;
  #output = "";

  constructor(command: Command, folder: string) {
    this.name = command.name;
    this.#child = spawn(command.executable, command.arguments, {
      cwd: folder,
      detached: true,
      env: command.environment ?? process.env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const hear = (text: string): void => {
      this.#output += text;
      if (!command.keepOutput) this.#output = this.#output.slice(-OUTPUT_KEPT);
    };
    this.#child.stdout?.setEncoding("utf8").on("data", hear);
    this.#child.stderr?.setEncoding("utf8").on("data", hear);
    this.exited = new Promise((resolve, reject) => {
      // `close` and not `exit`: a result is complete when its last byte was read.
      this.#child.once("close", resolve);
      this.#child.once("error", reject);
    });
    this.exited.catch(() => {});
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get output(): string {
    return this.#output;
  }

  async stop(): Promise<void> {
    this.#child.kill("SIGTERM");
    const limit = Promise.withResolvers<void>();
    const timer = setTimeout(() => {
      this.killTree();
      // Not waited for: its outputs stay open while one lives that it left behind.
      limit.resolve();
    }, STOP_LIMIT_MS);
    await Promise.race([this.exited.catch(() => {}), limit.promise]);
    clearTimeout(timer);
  }

  /** Kills the process and all below it, from the leaves up. */
  killTree(): void {
    if (this.pid === 0) return;
    for (const { pid } of descendantsOf(this.pid).toReversed()) sendSignal(pid, "SIGKILL");
    this.#child.kill("SIGKILL");
  }
}
