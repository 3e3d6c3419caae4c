// How a container ended, from what the engine says about it. Pure.
//
//   exit code   out of memory, says the engine   becomes
//   ---------   ------------------------------   ---------------------------------------------
//   137         yes                              SIGKILL, out of memory
//   134, 133    V8 said so before                SIGABRT, SIGTRAP, out of memory
//   129 to 159  no                               the signal: shells and inits add 128 to it
//   other       any                              the code: what the kernel ended was not the program itself

import { constants } from "node:os";

/** The state of a container as the engine tells it. */
export interface ContainerState {
  /** Also while it is paused. */
  readonly Running: boolean;
  readonly Paused: boolean;
  readonly ExitCode: number;
  readonly OOMKilled: boolean;
  /** RFC 3339. */
  readonly FinishedAt: string;
}

/** How it ended. Code and signal are null when nobody knows. */
export interface ContainerEnd {
  readonly code: number | null;
  readonly signal: string | null;
  readonly outOfMemory: boolean;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
}

/** What a signal adds to an exit code. */
const SIGNAL_BASE = 128;

const signalNames: ReadonlyMap<number, string> = new Map(
  // Of two names for one number the first is the usual one.
  Object.entries(constants.signals)
    .toReversed()
    .map(([name, number]) => [number, name]),
);

/** Reads the end off the state. `heapExhausted`: V8's last words were seen. */
export function containerEnd(
  state: ContainerState,
  heapExhausted: boolean,
  now: number,
): ContainerEnd {
  const signal = signalNames.get(state.ExitCode - SIGNAL_BASE) ?? null;
  const byHeap = heapExhausted && (signal === "SIGABRT" || signal === "SIGTRAP");
  const finishedAt = Date.parse(state.FinishedAt);
  return {
    code: signal === null ? state.ExitCode : null,
    signal,
    outOfMemory: byHeap || (state.OOMKilled && signal === "SIGKILL"),
    // An engine that went down with its containers has not seen their end.
    at: finishedAt > 0 ? finishedAt : now,
  };
}
