// Workers that sleep (idleTimeoutAction Suspend), and what becomes of them. One that sleeps keeps its memory
// and its seat, serves nobody, and is ready again in milliseconds: so it is resumed before another one starts.
//
//   idleTimeoutAction   demand         sleeping workers of the current generation
//   -----------------   ------------   -------------------------------------------------------------------
//   any                 more wanted    resumed, as many as are missing
//   any                 over the limit those beyond maxProcesses drained: scale_down
//   Terminate           otherwise      drained: idle (the configuration changed while they slept)
//   Suspend             otherwise      left asleep
//
//   a worker that goes     idleTimeoutAction   becomes
//   --------------------   -----------------   ------------------------------------------
//   idle, ready            Suspend             suspended
//   idle, not ready yet    any                 drained: it has nothing worth to be kept
//   any other reason       any                 drained

import type { ApplicationPool, ExitReason } from "@penstock/domain";
import type { Action } from "./action.ts";
import type { ObservedWorker } from "./observed-pool.ts";
import type { ScalingVerdict } from "./scaling-policy.ts";

/** The sleepers, the one to be resumed first at the front. */
export function inResumeOrder(asleep: readonly ObservedWorker[]): readonly ObservedWorker[] {
  return asleep.toSorted(
    (one, other) =>
      rank(one) - rank(other) ||
      // The one that fell asleep last: its memory has left the machine's least.
      other.phaseSince - one.phaseSince ||
      (one.id < other.id ? -1 : 1),
  );
}

/** One that only rests is not frozen yet. */
function rank({ phase, running }: ObservedWorker): number {
  if (phase !== "resting") return 2;
  return running > 0 ? 0 : 1;
}

/** What sleep asks for. */
export interface SleepVerdict {
  readonly resumed: readonly ObservedWorker[];
  readonly drained: readonly ObservedWorker[];
  readonly drainedFor: Extract<ExitReason, "idle" | "scale_down">;
}

/** Who wakes, and who goes without having woken. */
export function sleepPolicy(
  { processModel }: Pick<ApplicationPool, "processModel">,
  asleep: readonly ObservedWorker[],
  { missing, serving }: { readonly missing: number; readonly serving: number },
): SleepVerdict {
  const ordered = inResumeOrder(asleep);
  const resumed = ordered.slice(0, missing);
  const rest = ordered.slice(resumed.length);
  if (processModel.idleTimeoutAction === "Terminate")
    return { resumed, drained: rest, drainedFor: "idle" };
  const over = serving + asleep.length - processModel.maxProcesses;
  const kept = Math.max(0, rest.length - Math.max(0, over));
  return { resumed, drained: rest.slice(kept), drainedFor: "scale_down" };
}

/** How a worker that its pool does not keep goes. */
export function letGo(
  { processModel }: Pick<ApplicationPool, "processModel">,
  { id, pool, phase, running }: ObservedWorker,
  { exitReason, reason }: Pick<ScalingVerdict, "exitReason" | "reason">,
): Action {
  const maySleep = processModel.idleTimeoutAction === "Suspend" && exitReason === "idle";
  if (maySleep && phase === "ready" && running === 0)
    return { kind: "suspendWorker", pool, worker: id, reason };
  return { kind: "drainWorker", pool, worker: id, exitReason, reason };
}
