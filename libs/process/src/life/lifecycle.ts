// The life of a process, the same for each `main.ts`: start, run, stop as the mirror of the start.
//
//   starting   the start runs; each part that runs pushes its stop onto the stack
//   running    start returned; nothing to do here but wait
//   stopping   asked to stop (signal, lost parent, own wish), or the start failed: the stack unwinds, last
//              part first, under one deadline for the whole stop
//   stopped    the process exits
//
//   starting -> running      start returned
//   starting -> stopping     start failed (exit 1, settings 2), or a stop was asked for meanwhile
//   running  -> stopping     first SIGINT or SIGTERM, end of the lifeline, control.stop (exit 0), control.fail (exit 1)
//   stopping -> stopped      everything is stopped
//   stopping -> (exit 1)     the deadline passed
//   any      -> (exit 128+n) second signal
//   any      -> (exit 1)     a bug that nobody caught

import { constants } from "node:os";

import { systemClock } from "@penstock/foundation";

import { reportFailure } from "./failure-report.ts";
import type { Log } from "../log/log.ts";
import { ProcessEvents, type ProcessState } from "./process-events.ts";
import { InvalidSettings } from "../settings/settings.ts";
import { watchStopSignals, type StopSignal } from "./signals.ts";

/** What a process may ask of its own life. */
export interface ProcessControl {
  /** From here on the log tells what happens to the process. Call it as soon as there is a log. */
  logTo(log: Log): void;
  /** Time for the whole stop, 30 s unless said otherwise. Call it before the stop begins. */
  stopWithin(limitMs: number): void;
  /** Begins the stop, as the first SIGTERM would. `cause` goes to the log. */
  stop(cause: string): void;
  /** Begins the stop because something failed that this process cannot live without. It will exit with 1. */
  fail(failure: unknown): void;
  /** Aborts when nine tenths of the stop's time have passed: whoever still drains gives up now, so that the rest can be closed in order. */
  readonly cut: AbortSignal;
}

/** Brings a process up. Each part that runs pushes its stop onto `stack`. `signal` aborts when a stop is asked for. */
export type StartProcess = (
  stack: AsyncDisposableStack,
  signal: AbortSignal,
  control: ProcessControl,
) => Promise<void>;

/** How a process lives. */
export interface ProcessOptions {
  /** True when the IPC channel to the parent is its lifeline: the end of the channel counts as SIGTERM. */
  readonly lifeline?: boolean;
  /** Show stacks of a failed start. Defaults to whether PENSTOCK_LOG_LEVEL is debug. */
  readonly debug?: boolean;
}

/** Long enough for requests in hand, and what orchestrators commonly wait before they kill. */
const stopLimitDefaultMs = 30_000;
/** How much of the limit belongs to draining; the rest to closing what is then left. */
const drainShare = 0.9;
/** The longest timer there is: keeps the process alive while its parts only hold timers that do not. */
const foreverMs = 2 ** 31 - 1;

/** Runs a process to its end, and exits. `name` is what it is called on stderr: `listener`. */
export async function runProcess(
  name: string,
  start: StartProcess,
  options: ProcessOptions = {},
): Promise<never> {
  const life = new ProcessLife(name, options);
  process.exit(await life.lead(start));
}

class ProcessLife implements ProcessControl {
  readonly #name: string;
  readonly #lifeline: boolean;
  readonly #debug: boolean;
  readonly #events = new ProcessEvents();
  readonly #stopAsked = new AbortController();
  readonly #cut = new AbortController();
  #state: ProcessState = "starting";
  #exitCode = 0;
  #stopLimitMs = stopLimitDefaultMs;

  constructor(name: string, options: ProcessOptions) {
    this.#name = name;
    this.#lifeline = options.lifeline ?? false;
    this.#debug = options.debug ?? process.env["PENSTOCK_LOG_LEVEL"] === "debug";
  }

  get cut(): AbortSignal {
    return this.#cut.signal;
  }

  logTo(log: Log): void {
    this.#events.log = log;
  }

  stopWithin(limitMs: number): void {
    this.#stopLimitMs = limitMs;
  }

  stop(cause: string): void {
    if (this.#state !== "starting" && this.#state !== "running") return;
    this.#enter("stopping", cause);
    systemClock.after(this.#stopLimitMs * drainShare, () => this.#cut.abort());
    systemClock.after(this.#stopLimitMs, () => {
      this.#events.overran(this.#stopLimitMs);
      process.exit(1);
    });
    this.#stopAsked.abort();
  }

  fail(failure: unknown): void {
    this.#exitCode = 1;
    this.#events.failed(failure);
    process.stderr.write(reportFailure(this.#name, failure, this.#debug));
    this.stop("failure");
  }

  /** From start to exit code. */
  async lead(start: StartProcess): Promise<number> {
    const orders = {
      drain: (cause: string) => this.stop(cause),
      kill: (signal: StopSignal) => this.#kill(signal),
    };
    watchStopSignals(orders, this.#lifeline);
    process.on("uncaughtException", (thrown, origin) => this.#crash(thrown, origin));
    const keepAlive = setInterval(() => {}, foreverMs);

    const stack = new AsyncDisposableStack();
    try {
      await start(stack, this.#stopAsked.signal, this);
      if (this.#state === "starting") this.#enter("running");
      await aborted(this.#stopAsked.signal);
    } catch (failure) {
      this.#startFailed(failure);
    }
    try {
      await stack.disposeAsync();
    } catch (failure) {
      this.#exitCode ||= 1;
      this.#events.stopFailed(failure);
    }
    clearInterval(keepAlive);
    this.#enter("stopped");
    return this.#exitCode;
  }

  #startFailed(failure: unknown): void {
    // A start that gave up because it was told to has not failed.
    const gaveUp = failure instanceof Error && failure.name === "AbortError";
    if (gaveUp && this.#stopAsked.signal.aborted) return;
    this.#exitCode = failure instanceof InvalidSettings ? 2 : 1;
    this.#events.startFailed(failure);
    process.stderr.write(reportFailure(this.#name, failure, this.#debug));
    this.stop("failed start");
  }

  #enter(state: Exclude<ProcessState, "starting">, cause = ""): void {
    this.#state = state;
    if (state === "stopping") this.#events.stopping(cause, this.#stopLimitMs);
    else if (state === "running") this.#events.running();
    else this.#events.stopped(this.#exitCode);
  }

  #kill(signal: StopSignal): void {
    this.#events.killed(signal);
    process.exit(128 + constants.signals[signal]);
  }

  #crash(thrown: unknown, origin: string): void {
    if (this.#events.log) this.#events.crashed(thrown, origin);
    else process.stderr.write(reportFailure(this.#name, thrown, true));
    process.exit(1);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
