// What is wrong with a run of slow clients: a well-behaved client went without its answer, or attackers of a kind
// were never cut off.

import { attacks, type Attack } from "./attackers.ts";
import type { AttackSample, BehavedSample } from "./slow-clients.ts";

/** Who does not read does not see that it was cut off: of those the listener's own count tells. */
const TOLD_BY_LISTENER: ReadonlySet<Attack> = new Set<Attack>(["slow reader", "never reads"]);

/** Whether a well-behaved client of this pool and phase was not answered as it should. */
export function behavedFailed({ load }: Pick<BehavedSample, "load">): boolean {
  return load.non2xx + load.broken > 0;
}

/** Whether nothing ended attackers of this kind. */
export function goesOn(
  attack: Attack,
  { cutOff, reasons }: Pick<AttackSample, "cutOff" | "reasons">,
): boolean {
  if (TOLD_BY_LISTENER.has(attack)) return (reasons["Timer_MinBytesPerSecond"] ?? 0) === 0;
  return cutOff[attack] === 0;
}

/** Whether anything of a run is wrong. */
export function attackFailed(sample: AttackSample): boolean {
  return sample.behaved.some(behavedFailed) || attacks.some((attack) => goesOn(attack, sample));
}
