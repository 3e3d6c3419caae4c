// Rapid-fail protection: a pool whose workers keep failing is taken offline instead of being started for
// ever. IIS leaves it there until an operator starts it; here, with autoRecoverMs, one worker tries again
// after a while (half-open), and each trial that fails doubles the wait.
//
//   state      what happened                                    next       remembered
//   --------   ----------------------------------------------   --------   -----------------------------
//   any        an operator started the pool                     closed     nothing
//   any        rapidFailProtection was switched off             closed     failures, for the start delay
//   closed     a failure, fewer than maxCrashes in the interval closed     its time
//   closed     a failure, the maxCrashes-th in the interval     open       the failure; attempt 1
//   open       a failure (of a worker that was still leaving)   open       -
//   open       autoRecoverMs × 2^(attempt − 1) passed           halfOpen   attempt
//   halfOpen   a failure                                        open       the failure; attempt + 1
//   halfOpen   a worker became ready                            halfOpen   since when
//   halfOpen   that was one whole interval ago                  closed     nothing
//
// While open nothing is started and listeners answer AppOffline. While half-open listeners queue again and
// one worker at most is started, until one became ready; then the pool scales, on probation.

import type { FailurePolicy } from "@penstock/domain";
import { exhaustive } from "@penstock/foundation";
import type { WorkerExit } from "./observed-pool.ts";
import { failuresToLongestWait } from "./start-delay.ts";

/** Where a pool stands with its failures. A plain value. */
export type Protection =
  /** `failures`: when the failures of the interval happened, oldest first. */
  | { readonly state: "closed"; readonly failures: readonly number[] }
  /** `cause` is absent when the pool was found offline: an earlier controller knew it. */
  | {
      readonly state: "open";
      readonly since: number;
      readonly attempt: number;
      readonly cause?: WorkerExit;
    }
  | { readonly state: "halfOpen"; readonly attempt: number; readonly readySince?: number };

/** What happened to a pool since protection was last looked at. */
export interface ProtectionFacts {
  readonly policy: FailurePolicy;
  /** Exits that count, in the order in which they happened. */
  readonly failures: readonly WorkerExit[];
  readonly operatorStarted: boolean;
  readonly someoneReady: boolean;
}

/** No failure is known. */
export const unharmed: Protection = { state: "closed", failures: [] };

/** After 64 times autoRecoverMs the wait does not grow any more: 30 s become 32 minutes, not days. */
const doublingsMax = 6;

/** Where a pool stands after what happened. */
export function advanceProtection(
  protection: Protection,
  facts: ProtectionFacts,
  now: number,
): Protection {
  let next = facts.operatorStarted ? unharmed : protection;
  next = afterTime(next, facts.policy, now);
  for (const failure of facts.failures) next = afterFailure(next, failure, facts.policy);
  if (next.state === "halfOpen" && next.readySince === undefined && facts.someoneReady)
    return { ...next, readySince: now };
  return next;
}

/** When an open pool tries again; undefined when only an operator can help, or when nothing is open. */
export function recoversAt(protection: Protection, policy: FailurePolicy): number | undefined {
  if (protection.state !== "open" || policy.autoRecoverMs === 0) return undefined;
  const doublings = Math.min(doublingsMax, protection.attempt - 1);
  return protection.since + policy.autoRecoverMs * 2 ** doublings;
}

/** How many failures count against a pool now. While it is offline, as many as took it there. */
export function recentFailures(protection: Protection, policy: FailurePolicy, now: number): number {
  if (protection.state === "halfOpen") return 0;
  if (protection.state === "open") return policy.rapidFailProtectionMaxCrashes;
  const since = now - policy.rapidFailProtectionIntervalMs;
  return protection.failures.filter((at) => at > since).length;
}

/** True while one worker at most may be tried. */
export function isTrial(protection: Protection): boolean {
  return protection.state === "halfOpen" && protection.readySince === undefined;
}

function afterTime(protection: Protection, policy: FailurePolicy, now: number): Protection {
  const intervalMs = policy.rapidFailProtectionIntervalMs;
  switch (protection.state) {
    case "closed": {
      const failures = protection.failures.filter((at) => at > now - intervalMs);
      return failures.length < protection.failures.length
        ? { state: "closed", failures }
        : protection;
    }
    case "open": {
      if (!policy.rapidFailProtection) return unharmed;
      const recovery = recoversAt(protection, policy);
      if (recovery === undefined || now < recovery) return protection;
      return { state: "halfOpen", attempt: protection.attempt };
    }
    case "halfOpen": {
      if (!policy.rapidFailProtection) return unharmed;
      const { readySince } = protection;
      return readySince !== undefined && now >= readySince + intervalMs ? unharmed : protection;
    }
    default:
      return exhaustive(protection);
  }
}

function afterFailure(
  protection: Protection,
  cause: WorkerExit,
  policy: FailurePolicy,
): Protection {
  switch (protection.state) {
    case "closed": {
      const crashesMax = policy.rapidFailProtectionMaxCrashes;
      const kept = Math.max(crashesMax, failuresToLongestWait);
      const since = cause.at - policy.rapidFailProtectionIntervalMs;
      const failures = [...protection.failures, cause.at].filter((at) => at > since).slice(-kept);
      if (!policy.rapidFailProtection || failures.length < crashesMax)
        return { state: "closed", failures };
      return { state: "open", since: cause.at, attempt: 1, cause };
    }
    case "open":
      return protection;
    case "halfOpen":
      return { state: "open", since: cause.at, attempt: protection.attempt + 1, cause };
    default:
      return exhaustive(protection);
  }
}
