// The penstock binary as a process: started, heard, ended.

import { spawn, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../../cli/src/main.ts", import.meta.url));

/** How a process ended. */
export interface CommandEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A line of a log. */
export interface LogLine {
  readonly component: string;
  readonly event: string;
  readonly level: string;
  readonly [fact: string]: unknown;
}

/** A penstock command that runs, or ran. */
export class CommandLine {
  readonly child: ChildProcess;
  /** Settles when it has ended and all its output was heard. */
  readonly ended: Promise<CommandEnd>;
  stdout = "";
  stderr = "";

  constructor(
    args: readonly string[],
    options: { readonly environment: NodeJS.ProcessEnv; readonly directory: string },
  ) {
    this.child = spawn(process.execPath, [MAIN, ...args], {
      cwd: options.directory,
      env: options.environment,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.child.stdout?.setEncoding("utf8").on("data", (text: string) => (this.stdout += text));
    this.child.stderr?.setEncoding("utf8").on("data", (text: string) => (this.stderr += text));
    this.ended = new Promise((resolve) => {
      this.child.on("exit", (code, signal) => resolve({ code, signal }));
    });
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** What was logged, in order. */
  get log(): LogLine[] {
    return this.stdout
      .split("\n")
      .filter((line) => line.startsWith("{") && line.endsWith("}"))
      .map((line) => JSON.parse(line) as LogLine);
  }

  /** Everything that was said, for the report of a failure. */
  get said(): string {
    return `--- standard output\n${this.stdout}--- standard error\n${this.stderr}`;
  }
}

/** Runs a command to its end. */
export async function runCommand(
  args: readonly string[],
  options: { readonly environment: NodeJS.ProcessEnv; readonly directory: string },
): Promise<CommandEnd & { readonly stdout: string; readonly stderr: string }> {
  const command = new CommandLine(args, options);
  const end = await command.ended;
  const { stdout, stderr } = command;
  return { ...end, stdout, stderr };
}
