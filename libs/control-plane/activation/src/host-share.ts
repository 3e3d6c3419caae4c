// Who may have how much of a host that is full. Pure, over the pools that have workers or want some; pools at
// rest are not looked at.
//
//   1. What fits is granted, one worker after the other, each to the pool that comes first in line:
//        a  a pool where requests wait and nobody is there or on the way
//        b  then the smaller share: of places or of memory, whichever is larger (dominant resource fairness)
//        c  then the pool where requests wait
//        d  then the one that has been waiting for longest
//   2. A pool of row a that does not fit keeps what is free: small workers do not pass a large one for ever. Any
//      other is passed by; one whose worker is larger than the whole host is told so.
//   3. For those who go without, workers are asked to leave (take-back.ts), as few as it takes, counting those that
//      leave already. Nothing starts before they are gone: the limits hold at every moment.

import type { HostLimits } from "@penstock/domain";
import type { DrainWorker, KillWorker, StartWorker } from "./action.ts";
import { Tally, type HostClaim } from "./host-claim.ts";
import { HostRoom, inMiB } from "./host-room.ts";
import { takeBack, takeOver, takeOwn, type TakenBack } from "./take-back.ts";

/** The outcome. */
export interface HostVerdict {
  readonly starts: readonly StartWorker[];
  readonly ends: readonly (DrainWorker | KillWorker)[];
  /** Pools that want more workers than there is room for, and why there is none. */
  readonly short: ReadonlyMap<string, string>;
}

/** Shares a host out. */
export function shareHost(
  claims: readonly HostClaim[],
  limits: HostLimits,
  now: number,
): HostVerdict {
  const tallies = claims.map((claim) => new Tally(claim, limits));
  const room = HostRoom.of(claims, limits);
  const starts = grant(tallies, room, now);
  const short = shortPools(tallies, room, limits);
  const ahead = HostRoom.of(claims, limits, true);
  for (const { claim, granted } of tallies)
    for (let nth = 0; nth < granted; nth++) ahead.take(claim.workerBytes);
  return { starts, ends: makeRoom(tallies, ahead, now), short };
}

function grant(tallies: readonly Tally[], room: HostRoom, now: number): readonly StartWorker[] {
  const starts: StartWorker[] = [];
  const passedBy = new Set<Tally>();
  const least = smallest(tallies);
  const next = (): Tally | undefined =>
    room.fits(least) ? firstInLine(tallies, now, passedBy) : undefined;
  for (let first = next(); first; first = next()) {
    const { claim } = first;
    const start = claim.starts[first.granted];
    if (!start) break;
    if (room.fits(claim.workerBytes)) {
      room.take(claim.workerBytes);
      first.grant();
      starts.push(start);
    } else if (first.unserved && first.isPossible) break;
    else passedBy.add(first);
  }
  return starts;
}

/** What the smallest worker needs that somebody wants. */
function smallest(tallies: readonly Tally[]): number {
  let least = Infinity;
  for (const { missing, claim } of tallies)
    if (missing > 0) least = Math.min(least, claim.workerBytes);
  return least;
}

function makeRoom(
  tallies: readonly Tally[],
  ahead: HostRoom,
  now: number,
): readonly (DrainWorker | KillWorker)[] {
  const ends: (DrainWorker | KillWorker)[] = [];
  const leave = (back: TakenBack): void => {
    back.from.giveUp(back.end.worker);
    ahead.give(back.bytes);
    ends.push(back.end);
  };
  for (let back; ahead.isOver && (back = takeOver(tallies));) leave(back);
  const impossible = new Set(tallies.filter(({ isPossible }) => !isPossible));
  const next = (): Tally | undefined => firstInLine(tallies, now, impossible);
  for (let first = next(); first; first = next()) {
    const { workerBytes } = first.claim;
    for (let back; !ahead.fits(workerBytes) && (back = takeBack(first, tallies, now));) leave(back);
    // Nobody gives to the first in line: then nobody gives to those behind it.
    if (!ahead.fits(workerBytes)) break;
    ahead.take(workerBytes);
    first.grant();
  }
  for (const tally of tallies) {
    const own = tally.missing > 0 ? takeOwn(tally) : undefined;
    if (own) leave(own);
  }
  return ends;
}

function firstInLine(
  tallies: readonly Tally[],
  now: number,
  passedBy: ReadonlySet<Tally>,
): Tally | undefined {
  let first: Tally | undefined;
  for (const tally of tallies) {
    if (tally.missing === 0 || passedBy.has(tally)) continue;
    if (!first || comesBefore(tally, first, now)) first = tally;
  }
  return first;
}

function comesBefore(one: Tally, other: Tally, now: number): boolean {
  if (one.unserved !== other.unserved) return one.unserved;
  const [left, right] = [one.share(), other.share()];
  if (left !== right) return left < right;
  const [waits, alsoWaits] = [one.claim.waiting > 0, other.claim.waiting > 0];
  if (waits !== alsoWaits) return waits;
  const [since, otherSince] = [one.claim.shortSince ?? now, other.claim.shortSince ?? now];
  return since !== otherSince ? since < otherSince : one.claim.pool < other.claim.pool;
}

function shortPools(
  tallies: readonly Tally[],
  room: HostRoom,
  limits: HostLimits,
): ReadonlyMap<string, string> {
  const short = new Map<string, string>();
  for (const tally of tallies) {
    if (tally.missing === 0) continue;
    const { pool, workerBytes, wanted } = tally.claim;
    const why = !tally.isPossible
      ? `one worker needs ${inMiB(workerBytes)}, more than host.memory ${inMiB(limits.memoryBytes)}`
      : `${room.whyNot(workerBytes)}; has ${tally.count}, wants ${Math.max(wanted, tally.count + tally.missing)}`;
    short.set(pool, why);
  }
  return short;
}
