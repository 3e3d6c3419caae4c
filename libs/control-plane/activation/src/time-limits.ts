// The limits of a worker's life. IIS counts from the moment at which the phase began.
//
//   phase      at phaseSince +        exit reason        counts as failure
//   --------   --------------------   ----------------   -----------------
//   starting   startupTimeLimitMs     startup_timeout    yes
//   ready      never                  -                  -
//   resting    never: it may finish what it has in hand; demand resumes it
//   suspended  never: it is frozen, and neither silent nor gone
//   resuming   resumeTimeLimitMs      ping_failure       yes
//   draining   shutdownTimeLimitMs    shutdown_timeout   no
//   stopping   never: nothing is stronger than a kill; a kill that failed left the phase as it was

import type { ProcessModel } from "@penstock/domain";
import type { KillWorker } from "./action.ts";
import { earliest } from "./earliest.ts";
import type { ObservedWorker, WorkerPhase } from "./observed-pool.ts";

/** The part of a pool's process model that limits phases. */
export type TimeLimits = Pick<ProcessModel, "startupTimeLimitMs" | "shutdownTimeLimitMs">;

/**
 * Within this a thawed worker has said that it takes requests, milliseconds: it takes one or two, and up to
 * a few hundred when the broker had cut its connection. Who does not is replaced, because requests wait.
 */
export const resumeTimeLimitMs = 10_000;

/** What the limits ask for. */
export interface LimitVerdict {
  readonly actions: readonly KillWorker[];
  /** The workers as they stand once the actions are done: a killed one is `stopping`. */
  readonly workers: readonly ObservedWorker[];
  /** When the next limit passes. */
  readonly dueAt: number | undefined;
}

/** Finds the workers that overstepped a limit. */
export function enforceTimeLimits(
  workers: readonly ObservedWorker[],
  limits: TimeLimits,
  now: number,
): LimitVerdict {
  const actions: KillWorker[] = [];
  let dueAt: number | undefined;
  const after = workers.map((worker): ObservedWorker => {
    const { phase } = worker;
    if (!isLimited(phase)) return worker;
    const limitMs = limitOf(phase, limits);
    if (now < worker.phaseSince + limitMs) {
      dueAt = earliest(dueAt, worker.phaseSince + limitMs);
      return worker;
    }
    actions.push(kill(worker, phase, limitMs));
    return { ...worker, phase: "stopping", phaseSince: now };
  });
  return { actions, workers: after, dueAt };
}

type Limited = keyof typeof overstepped;

function isLimited(phase: WorkerPhase): phase is Limited {
  return phase in overstepped;
}

function limitOf(phase: Limited, limits: TimeLimits): number {
  if (phase === "resuming") return resumeTimeLimitMs;
  return phase === "starting" ? limits.startupTimeLimitMs : limits.shutdownTimeLimitMs;
}

/** By the phases that have a limit. */
const overstepped = {
  starting: { exitReason: "startup_timeout", words: "not ready" },
  resuming: { exitReason: "ping_failure", words: "thawed and not heard of" },
  draining: { exitReason: "shutdown_timeout", words: "not gone" },
} as const;

function kill({ id, pool }: ObservedWorker, phase: Limited, limitMs: number): KillWorker {
  const { exitReason, words } = overstepped[phase];
  const reason = `${words} within ${limitMs / 1000} s`;
  return { kind: "killWorker", pool, worker: id, exitReason, reason };
}
