// Which of several controllers leads: whoever holds the lease. Pure: what is seen and remembered of it becomes
// a decision.
//
//   what a controller sees of the lease                              it
//   --------------------------------------------------------------   -----
//   nobody holds it: never held, or given back                       takes
//   its holder is a process of this machine that is gone             takes
//   its revision has not moved for LEASE_MS, by its own clock        takes
//   anything else                                                    waits
//
// A holder renews it each RENEW_MS and leads for HOLD_MS from the moment at which it began its last renewal that
// succeeded. HOLD_MS is less than LEASE_MS, and nobody counts before it saw: clocks need not agree, two never lead
// at once, as long as time goes on at the same pace for both. (A process that is frozen between looking and doing
// can still do one thing too late.)

/** Time between two renewals, and between two looks of one who waits, milliseconds. */
export const RENEW_MS = 1000;

/** How long a holder leads after a renewal, milliseconds. */
export const HOLD_MS = 3500;

/** How long a lease that does not move stays somebody's, milliseconds. */
export const LEASE_MS = 5000;

/** Who holds a lease, in its own words. */
export interface LeaseHolder {
  /** Unique to a process. */
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  /** Tells the process from another that gets its pid later. */
  readonly startTime: string;
  /** Where its admin API listens. */
  readonly admin: string;
}

/** The lease at one look. */
export interface SeenLease {
  readonly revision: number;
  /** Undefined when nobody holds it. */
  readonly holder: LeaseHolder | undefined;
}

/** What one who waits remembers: since when it has seen this revision. */
export interface LeaseMemory {
  readonly revision: number;
  readonly since: number;
}

/** A decision, and what to remember for the next look. */
export interface LeaseVerdict {
  readonly takes: boolean;
  readonly memory: LeaseMemory;
}

/** Decides at each look. `gone` tells whether a process of this machine is known to have ended. */
export function considerLease(
  { revision, holder }: SeenLease,
  memory: LeaseMemory | undefined,
  gone: (holder: LeaseHolder) => boolean,
  now: number,
): LeaseVerdict {
  const seen = memory?.revision === revision ? memory : { revision, since: now };
  const takes = holder === undefined || now - seen.since >= LEASE_MS || gone(holder);
  return { takes, memory: seen };
}

/** Reads what a holder wrote; undefined when it is nothing of the kind. */
export function readHolder(text: string | undefined): LeaseHolder | undefined {
  if (text === undefined) return undefined;
  try {
    const { id, host, pid, startTime, admin } = JSON.parse(text) as Record<string, unknown>;
    const words = [id, host, startTime, admin];
    if (!words.every((word) => typeof word === "string") || typeof pid !== "number")
      return undefined;
    return { id, host, pid, startTime, admin } as LeaseHolder;
  } catch {
    return undefined;
  }
}
