// What the log says about the life of the process itself.

import type { Log } from "../log/log.ts";

/** Where a process stands, see lifecycle.ts. */
export type ProcessState = "starting" | "running" | "stopping" | "stopped";

/** One method per thing that can happen. Silent until there is a log: a start that fails is told on stderr. */
export class ProcessEvents {
  /** Set as soon as the process has a log. */
  log: Log | undefined;

  running(): void {
    this.log?.info({ event: "process.running" });
  }

  stopping(cause: string, limitMs: number): void {
    this.log?.info({ event: "process.stopping", cause, limitMs });
  }

  stopped(exitCode: number): void {
    this.log?.info({ event: "process.stopped", exitCode });
  }

  startFailed(err: unknown): void {
    this.log?.fatal({ event: "process.start_failed", err });
  }

  failed(err: unknown): void {
    this.log?.error({ event: "process.failed", err });
  }

  stopFailed(err: unknown): void {
    this.log?.error({ event: "process.stop_failed", err });
  }

  /** The stop took longer than it may: what is still open is cut. */
  overran(limitMs: number): void {
    this.log?.error({ event: "process.stop_overran", limitMs });
  }

  killed(signal: string): void {
    this.log?.warn({ event: "process.killed", signal });
  }

  /** A bug: nobody caught it, so nobody knows what state it left behind. */
  crashed(err: unknown, origin: string): void {
    this.log?.fatal({ event: "process.crashed", origin, err });
  }
}
