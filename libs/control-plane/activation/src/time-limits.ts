// The two limits of a worker's life. IIS counts both from the moment at which the phase began.
//
//   phase      at phaseSince +        exit reason        counts as failure
//   --------   --------------------   ----------------   -----------------
//   starting   startupTimeLimitMs     startup_timeout    yes
//   ready      never                  -                  -
//   draining   shutdownTimeLimitMs    shutdown_timeout   no
//   stopping   never: nothing is stronger than a kill; a kill that failed left the phase as it was

import type { ProcessModel } from "@penstock/domain";
import type { KillWorker } from "./action.ts";
import { earliest } from "./earliest.ts";
import type { ObservedWorker } from "./observed-pool.ts";

/** The part of a pool's process model that limits phases. */
export type TimeLimits = Pick<ProcessModel, "startupTimeLimitMs" | "shutdownTimeLimitMs">;

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
    const limitMs = limitOf(worker, limits);
    if (limitMs === undefined) return worker;
    if (now < worker.phaseSince + limitMs) {
      dueAt = earliest(dueAt, worker.phaseSince + limitMs);
      return worker;
    }
    actions.push(kill(worker, limitMs));
    return { ...worker, phase: "stopping", phaseSince: now };
  });
  return { actions, workers: after, dueAt };
}

function limitOf({ phase }: ObservedWorker, limits: TimeLimits): number | undefined {
  if (phase === "starting") return limits.startupTimeLimitMs;
  return phase === "draining" ? limits.shutdownTimeLimitMs : undefined;
}

function kill({ id, pool, phase }: ObservedWorker, limitMs: number): KillWorker {
  const starting = phase === "starting";
  return {
    kind: "killWorker",
    pool,
    worker: id,
    exitReason: starting ? "startup_timeout" : "shutdown_timeout",
    reason: `${starting ? "not ready" : "not gone"} within ${limitMs / 1000} s`,
  };
}
