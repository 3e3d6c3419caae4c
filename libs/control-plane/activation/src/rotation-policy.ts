// What becomes of old workers: those whose generation is not the pool's any more, because the configuration
// changed under them, and those that are due for recycling (recycling-policy.ts). Overlapped, as in IIS: the new worker is ready before the old one is asked to go.
//
//   old workers   overlap      start until current =   drain of the old
//   -----------   ----------   ---------------------   --------------------------------------------------
//   none          any          wanted                  -
//   leave         allowed      wanted                  -
//   leave         disallowed   none until they left    -
//   serve         disallowed   none until they left    all, at once; requests wait in the queue
//   serve         allowed      kept                    those that `kept` does not need beside the ready new
//
// Old workers that sleep serve nobody: they go at once, in every row.
//
// `wanted` and `kept` come from scaling. A rotation aims at `kept`, so that a pool which rests between two
// bursts, or holds its last worker for the next request, is as warm after the rotation as before. A pool
// that keeps nothing lets its old workers go without a replacement. How many may be started at once is the
// business of the process limit.

import type { Generations } from "./process-limit.ts";
import type { ObservedWorker } from "./observed-pool.ts";
import type { ScalingVerdict } from "./scaling-policy.ts";
import { inStopOrder } from "./stop-order.ts";

/** What rotation asks for. */
export interface RotationVerdict {
  /** How many workers of the current generation are missing; the process limit may allow fewer. */
  readonly missing: number;
  /** Old workers that go now. */
  readonly drained: readonly ObservedWorker[];
}

/** Decides how a pool moves to its current generation. Outside of a rotation: how it grows. */
export function rotationPolicy(
  { current, old, oldAsleep, oldLeaving }: Generations,
  { workersWanted, workersKept }: Pick<ScalingVerdict, "workersWanted" | "workersKept">,
  overlapAllowed: boolean,
): RotationVerdict {
  if (!overlapAllowed && old.length + oldAsleep.length + oldLeaving > 0)
    return { missing: 0, drained: [...old, ...oldAsleep] };
  if (old.length === 0)
    return { missing: Math.max(0, workersWanted - current.length), drained: oldAsleep };
  const ready = current.filter((worker) => worker.phase === "ready").length;
  const stillNeeded = Math.max(0, workersKept - ready);
  return {
    missing: Math.max(0, workersKept - current.length),
    drained: [...inStopOrder(old).slice(0, Math.max(0, old.length - stillNeeded)), ...oldAsleep],
  };
}
