// The limits of a worker's life.
//
//   phase      limit                  counted from      exit reason        counts as failure
//   --------   --------------------   ---------------   ----------------   -----------------
//   starting   startupTimeLimitMs     phaseSince        startup_timeout    yes
//   ready      silence, see below     heardAt           ping_failure       yes
//   resting    never: it may finish what it has in hand; demand resumes it
//   suspended  never: it is frozen, and neither silent nor gone
//   resuming   resumeTimeLimitMs      phaseSince        ping_failure       yes
//   draining   shutdownTimeLimitMs    phaseSince        shutdown_timeout   no
//   stopping   never: nothing is stronger than a kill; a kill that failed left the phase as it was
//   orphaned   never: it is left to whoever wants to know what it does
//
// Who oversteps a limit is killed. With orphanWorkerProcess, one that is silent is orphaned instead, unless the pool
// has an orphan already: one shows what is wrong, and each holds memory and, being stuck, often a processor.
//
// Nobody is sent a ping: a worker's event loop speaks every WORKER_REPORT_MS, asked or not, and a loop that is
// stuck does not. Silence of `pingIntervalMs` (of WORKER_REPORT_MS, if that is more) is where IIS's ping would go out, and
// `pingResponseTimeMs` later it is over. Silence counts only while the controller could have heard the worker.

import {
  WORKER_REPORT_MS,
  type ExitReason,
  type FailurePolicy,
  type ProcessModel,
} from "@penstock/domain";
import { exhaustive } from "@penstock/foundation";
import type { KillWorker, OrphanWorker } from "./action.ts";
import { earliest } from "./earliest.ts";
import { isOrphan, type ObservedWorker } from "./observed-pool.ts";

/** The part of a pool's process model that limits phases, and what becomes of those who are silent. */
export type TimeLimits = Pick<ProcessModel, "startupTimeLimitMs" | "shutdownTimeLimitMs"> &
  Partial<Pick<FailurePolicy, "orphanWorkerProcess">> &
  Partial<Pick<ProcessModel, "pingingEnabled" | "pingIntervalMs" | "pingResponseTimeMs">>;

/**
 * Within this a thawed worker has said that it takes requests, milliseconds: it takes one or two, and up to
 * a few hundred when the broker had cut its connection. Who does not is replaced, because requests wait.
 */
export const resumeTimeLimitMs = 10_000;

/** What the limits ask for. */
export interface LimitVerdict {
  readonly actions: readonly (KillWorker | OrphanWorker)[];
  /** The workers as they stand once the actions are done: a killed one is `stopping`, an orphaned one `orphaned`. */
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
  const actions: (KillWorker | OrphanWorker)[] = [];
  let mayOrphan = limits.orphanWorkerProcess === true && !workers.some(isOrphan);
  let dueAt: number | undefined;
  const after = workers.map((worker): ObservedWorker => {
    const limit = limitOf(worker, limits);
    if (limit === undefined) return worker;
    const endsAt = limit.since + limit.ms;
    if (now < endsAt) {
      dueAt = earliest(dueAt, endsAt);
      return worker;
    }
    const { id, pool } = worker;
    const reason = `${limit.words} ${limit.ms / 1000} s`;
    if (mayOrphan && limit.exitReason === "ping_failure") {
      mayOrphan = false;
      actions.push({ kind: "orphanWorker", pool, worker: id, reason });
      return { ...worker, phase: "orphaned", phaseSince: now, running: 0 };
    }
    actions.push({ kind: "killWorker", pool, worker: id, exitReason: limit.exitReason, reason });
    return { ...worker, phase: "stopping", phaseSince: now };
  });
  return { actions, workers: after, dueAt };
}

interface Limit {
  readonly since: number;
  readonly ms: number;
  readonly exitReason: ExitReason;
  /** Reads on with the limit. */
  readonly words: string;
}

function limitOf(worker: ObservedWorker, limits: TimeLimits): Limit | undefined {
  const { phase, phaseSince: since } = worker;
  switch (phase) {
    case "starting": {
      const ms = limits.startupTimeLimitMs;
      return { since, ms, exitReason: "startup_timeout", words: "not ready within" };
    }
    case "ready":
      return silenceOf(worker, limits);
    case "resuming": {
      const words = "thawed and not heard of within";
      return { since, ms: resumeTimeLimitMs, exitReason: "ping_failure", words };
    }
    case "draining": {
      const ms = limits.shutdownTimeLimitMs;
      return { since, ms, exitReason: "shutdown_timeout", words: "not gone within" };
    }
    case "resting":
    case "suspended":
    case "stopping":
    case "orphaned":
      return undefined;
    default:
      return exhaustive(phase);
  }
}

/** Who was resumed is ready since then: its silence while it was frozen does not count. */
function silenceOf(
  { heardAt, phaseSince }: ObservedWorker,
  { pingingEnabled, pingIntervalMs = 0, pingResponseTimeMs = 0 }: TimeLimits,
): Limit | undefined {
  if (!pingingEnabled || heardAt === undefined) return undefined;
  const since = Math.max(heardAt, phaseSince);
  const ms = Math.max(pingIntervalMs, WORKER_REPORT_MS) + pingResponseTimeMs;
  return { since, ms, exitReason: "ping_failure", words: "up, but did not say a word for" };
}
